import type { Chain, Signer, Submission, WeightsSubmission } from "@neurond/chain";
import {
  type BlockNumber,
  type Hotkey,
  type Mecid,
  type Netuid,
  type RunId,
  toBlockNumber,
  type U16Weight,
} from "@neurond/primitives";
import type { WeightsAttempt, WeightsMode, WeightsResult } from "@neurond/store";
import { noteText, type WeightsNote, weightsNote } from "./note.ts";
import type { WeightsLog } from "./weights-log.ts";
import { type WeightsPace, type WeightsStep, weightsStep } from "./weights-step.ts";

/** Weights that were decided. */
export interface DecidedWeights {
  readonly scores: ReadonlyMap<Hotkey, bigint>;
  /** A hotkey registered after this block is a newcomer, and gets nothing. */
  readonly scoredAt: BlockNumber;
  /** Of the rules that are followed; the chain refuses one older than its own. */
  readonly versionKey?: bigint;
}

/** What weights follow from. */
export interface Decision {
  readonly runId: RunId;
  /** Asked only when weights may be sent; null: not now. */
  decide(signal: AbortSignal): Promise<DecidedWeights | null>;
}

/** What others want to know while weights are kept. */
export interface KeeperEvents {
  tooSoon(runId: RunId, blocks: number): void;
  submitted(runId: RunId, sent: WeightsSubmission): void;
  revealed(runId: RunId, result: Submission): void;
  /** They stand on chain since this block; `fromState` when only the chain's state told. */
  confirmed(runId: RunId, block: BlockNumber, fromState: boolean): void;
}

/** Whose weights are kept, where, and who remembers. */
export interface KeeperDeps {
  readonly chain: Pick<
    Chain,
    "windows" | "metagraph" | "hyperparameters" | "submitWeights" | "revealWeights"
  >;
  readonly identity: { readonly netuid: Netuid; readonly hotkey: Hotkey; readonly signer: Signer };
  readonly mecid: Mecid;
  readonly history: WeightsLog;
  readonly pace: WeightsPace;
  readonly events: KeeperEvents;
}

/**
 * Brings the latest decision to the chain and keeps it there: sent again when it grows old, replaced by
 * the next decision, revealed where the subnet hides weights by a hash. Too soon is no failure.
 */
export async function keepWeights(
  deps: KeeperDeps,
  decision: Decision,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<WeightsStep> {
  const found = await deps.history.latest(deps.mecid);
  const last = found === null ? null : { ...found, note: weightsNote(found.detail) };
  const step = weightsStep(head, { runId: decision.runId, pace: deps.pace }, last);
  if (step === "send") await send(deps, decision, head, signal);
  if (step === "confirm" && last !== null) await confirm(deps, last, signal);
  if (step === "reveal" && last !== null) await reveal(deps, last, head, signal);
  return step;
}

async function send(
  { chain, identity, mecid, history, events }: KeeperDeps,
  decision: Decision,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { runId } = decision;
  const { netuid, hotkey, signer } = identity;
  const { weightsBlocks } = await chain.windows({ netuid, hotkey, mecid }, { signal });
  if (weightsBlocks > 0) {
    events.tooSoon(runId, weightsBlocks);
    return;
  }
  const decided = await decision.decide(signal);
  if (decided === null) return;
  const row = await uidsNow({ chain, identity }, decided.scores, signal);
  const { commitRevealEnabled } = await chain.hyperparameters(netuid, { signal });
  const mode: WeightsMode = commitRevealEnabled ? "timelock" : "plain";
  const attempt = await history.intend({ runId, mecid }, mode, row);
  const about = { runId, mecid, attempt };
  await history.settle(about, { state: "intended", detail: noteText({ at: head }) });
  const sent = await chain.submitWeights(signer, { netuid, mecid, ...decided }, { signal });
  const result = resultOf(sent, head);
  await history.settle(about, result);
  if (result.state === "confirmed" && result.block !== undefined)
    events.confirmed(runId, result.block, false);
  events.submitted(runId, sent);
}

/** Uids as they are now, for the record; the chain client resolves its own at submission. */
async function uidsNow(
  { chain, identity }: Pick<KeeperDeps, "chain" | "identity">,
  scores: DecidedWeights["scores"],
  signal: AbortSignal,
): Promise<readonly U16Weight[]> {
  const { byHotkey } = await chain.metagraph({ netuid: identity.netuid }, { signal });
  return [...scores]
    .flatMap(([hotkey, value]) => {
      const neuron = byHotkey.get(hotkey);
      return neuron === undefined ? [] : [{ uid: neuron.uid, value: Number(value) }];
    })
    .sort((a, b) => a.uid - b.uid);
}

function resultOf(sent: WeightsSubmission, head: BlockNumber): WeightsResult {
  const { submission, path, reveal, revealBlock } = sent;
  const hidden =
    path === "hash" && reveal !== undefined && revealBlock !== undefined
      ? {
          revealBlock: Number(revealBlock),
          reveal: {
            salt: [...reveal.salt],
            weights: reveal.weights.map(({ uid, value }): [number, number] => [uid, value]),
          },
        }
      : {};
  const detail = noteText({ at: head, ...hidden });
  switch (submission.kind) {
    case "included": {
      // Included means read back from state; a hash commit counts only when it is revealed.
      const state = path === "hash" ? "included" : "confirmed";
      const { block, extrinsic: extrinsicHash } = submission;
      return { state, block, extrinsicHash, detail };
    }
    case "unconfirmed":
      return { state: "unconfirmed", extrinsicHash: submission.extrinsic, detail };
    case "tooSoon":
      return { state: "rejected", detail: noteText({ at: head, refusal: "tooSoon" }) };
    case "rejected":
      return { state: "rejected", detail: noteText({ at: head, refusal: submission.error.name }) };
  }
}

type Remembered = WeightsAttempt & { readonly note: WeightsNote };

/** Finds out from the chain's state what became of an attempt nobody answered. */
async function confirm(
  { chain, identity, history, events }: KeeperDeps,
  last: Remembered,
  signal: AbortSignal,
): Promise<void> {
  const { netuid, hotkey } = identity;
  const { byHotkey } = await chain.metagraph({ netuid, mecid: last.mecid }, { signal });
  const lastUpdate = byHotkey.get(hotkey)?.lastUpdate ?? 0;
  if (lastUpdate <= last.note.at) return;
  const block = toBlockNumber(lastUpdate);
  await history.settle(last, { state: "confirmed", block });
  events.confirmed(last.runId, block, true);
}

async function reveal(
  { chain, identity, history, events }: KeeperDeps,
  last: Remembered,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { note, mecid, runId } = last;
  if (note.reveal === undefined) return;
  const weights = note.reveal.weights.map(([uid, value]) => ({
    uid: uid as U16Weight["uid"],
    value,
  }));
  const { netuid, signer } = identity;
  const input = { netuid, mecid, weights, salt: note.reveal.salt };
  const result = await chain.revealWeights(signer, input, { signal });
  events.revealed(runId, result);
  if (result.kind === "included") {
    await history.settle(last, { state: "confirmed", block: result.block });
    events.confirmed(runId, result.block, false);
  } else if (result.kind === "rejected") {
    const detail = noteText({ at: head, refusal: result.error.name });
    await history.settle(last, { state: "rejected", detail });
  }
}
