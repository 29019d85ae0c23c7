import type { Submission, WeightsSubmission } from "@neurond/chain";
import { type BlockNumber, type Hotkey, toBlockNumber, type U16Weight } from "@neurond/primitives";
import type { WeightsAttempt, WeightsMode, WeightsResult } from "@neurond/store";
import { z } from "zod";
import type { Decision } from "./ports/run-journal.ts";
import { timesOf } from "./run-plan.ts";
import type { Validator } from "./validator.ts";

/** What is to be done about weights at a head. */
export type WeightsStep = "wait" | "send" | "confirm" | "reveal";

/** How long an attempt without an answer is given before another is made, in blocks. */
const UNSURE_BLOCKS = 10;

/** What the latest attempt says about the next one. Pure. */
export function weightsStep(
  head: BlockNumber,
  decided: { readonly runId: string; readonly everyBlocks: number },
  last: (Pick<WeightsAttempt, "runId" | "state" | "block"> & { readonly note: Note }) | null,
): WeightsStep {
  if (last === null) return "send";
  if (last.note.revealBlock !== undefined && last.state === "included") {
    return head >= last.note.revealBlock ? "reveal" : "wait";
  }
  if (last.state === "intended" || last.state === "unconfirmed") {
    // It may have been sent: look for it on chain before another one is.
    return head >= last.note.at + UNSURE_BLOCKS ? "send" : "confirm";
  }
  if (last.runId !== decided.runId || last.state === "rejected") {
    const isFresh = last.state === "rejected" && last.runId === decided.runId;
    return isFresh && head < last.note.at + UNSURE_BLOCKS ? "wait" : "send";
  }
  const set = last.block ?? toBlockNumber(last.note.at);
  return head >= set + decided.everyBlocks ? "send" : "wait";
}

const Reveal = z.strictObject({
  salt: z.array(z.int()),
  weights: z.array(z.tuple([z.int(), z.int()])),
});

/** What is kept beside an attempt, as JSON. */
const Note = z.strictObject({
  /** Head of the chain when it was made. */
  at: z.int(),
  refusal: z.exactOptional(z.string()),
  /** What the reveal of a hash commit needs, and when it may come. */
  reveal: z.exactOptional(Reveal),
  revealBlock: z.exactOptional(z.int()),
});
type Note = z.infer<typeof Note>;

/**
 * Brings the latest decision to the chain and keeps it there: sent again when it grows old, replaced
 * by the next decision, revealed where the subnet hides weights by a hash. Too soon is no failure.
 */
export async function setWeights(
  validator: Validator,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { stores, rules, manners } = validator;
  const latest = await stores.journal.latest("agreed");
  if (latest === undefined) return;
  const run = timesOf(latest.index, rules.plan);
  const found = await stores.weights.latest(rules.mecid);
  const last = found === null ? null : { ...found, note: readNote(found.detail) };
  const decided = { runId: run.id, everyBlocks: manners.weightsEveryBlocks };
  switch (weightsStep(head, decided, last)) {
    case "wait":
      return;
    case "send":
      return send(validator, { run, decision: latest.fact, head }, signal);
    case "confirm":
      return last === null ? undefined : confirm(validator, last, signal);
    case "reveal":
      return last === null ? undefined : reveal(validator, last, head, signal);
  }
}

async function send(
  { chain, identity, stores, rules, metrics, weightsWatch, log }: Validator,
  due: {
    readonly run: ReturnType<typeof timesOf>;
    readonly decision: Decision;
    readonly head: BlockNumber;
  },
  signal: AbortSignal,
): Promise<void> {
  const { run, decision, head } = due;
  const { netuid, hotkey, signer } = identity;
  const { mecid } = rules;
  const { weightsBlocks } = await chain.windows({ netuid, hotkey, mecid }, { signal });
  if (weightsBlocks > 0) {
    metrics.submissions.inc({ result: "tooSoon" });
    log.info({ runId: run.id, blocks: weightsBlocks }, "too soon to set weights");
    return;
  }
  const vector = await uidsNow({ chain, identity }, decision.weights, signal);
  const { commitRevealEnabled } = await chain.hyperparameters(netuid, { signal });
  const mode: WeightsMode = commitRevealEnabled ? "timelock" : "plain";
  const attempt = await stores.weights.intend({ runId: run.id, mecid }, mode, vector);
  const about = { runId: run.id, mecid, attempt };
  await stores.weights.settle(about, { state: "intended", detail: writeNote({ at: head }) });
  const scores = new Map(decision.weights.map(([miner, value]) => [miner, BigInt(value)]));
  const sent = await chain.submitWeights(
    signer,
    { netuid, mecid, scores, scoredAt: run.close },
    { signal },
  );
  const result = resultOf(sent, head);
  await stores.weights.settle(about, result);
  if (result.state === "confirmed" && result.block !== undefined)
    weightsWatch.confirmed(result.block);
  metrics.submissions.inc({ result: sent.submission.kind });
  const level = sent.submission.kind === "rejected" ? "error" : "info";
  log[level]({ runId: run.id, submission: sent.submission, path: sent.path }, "weights submitted");
}

/** Uids as they are now, for the record; the chain client resolves its own at submission. */
async function uidsNow(
  { chain, identity }: Pick<Validator, "chain" | "identity">,
  weights: Decision["weights"],
  signal: AbortSignal,
): Promise<readonly U16Weight[]> {
  const { byHotkey } = await chain.metagraph({ netuid: identity.netuid }, { signal });
  return weights
    .flatMap(([hotkey, value]) => {
      const neuron = byHotkey.get(hotkey as Hotkey);
      return neuron === undefined ? [] : [{ uid: neuron.uid, value }];
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
  const detail = writeNote({ at: head, ...hidden });
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
      return { state: "rejected", detail: writeNote({ at: head, refusal: "tooSoon" }) };
    case "rejected":
      return { state: "rejected", detail: writeNote({ at: head, refusal: submission.error.name }) };
  }
}

/** Finds out from the chain's state what became of an attempt nobody answered. */
async function confirm(
  { chain, identity, stores, weightsWatch, log }: Validator,
  last: WeightsAttempt & { readonly note: Note },
  signal: AbortSignal,
): Promise<void> {
  const { netuid, hotkey } = identity;
  const { byHotkey } = await chain.metagraph({ netuid, mecid: last.mecid }, { signal });
  const lastUpdate = byHotkey.get(hotkey)?.lastUpdate ?? 0;
  if (lastUpdate <= last.note.at) return;
  const block = toBlockNumber(lastUpdate);
  await stores.weights.settle(last, { state: "confirmed", block });
  weightsWatch.confirmed(block);
  log.info({ runId: last.runId, block }, "weights confirmed from state");
}

async function reveal(
  { chain, identity, stores, log, metrics, weightsWatch }: Validator,
  last: WeightsAttempt & { readonly note: Note },
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { note, mecid } = last;
  if (note.reveal === undefined) return;
  const weights = note.reveal.weights.map(([uid, value]) => ({
    uid: uid as U16Weight["uid"],
    value,
  }));
  const result: Submission = await chain.revealWeights(
    identity.signer,
    { netuid: identity.netuid, mecid, weights, salt: note.reveal.salt },
    { signal },
  );
  metrics.submissions.inc({ result: `reveal_${result.kind}` });
  log.info({ runId: last.runId, result }, "weights revealed");
  if (result.kind === "included") {
    await stores.weights.settle(last, { state: "confirmed", block: result.block });
    weightsWatch.confirmed(result.block);
  } else if (result.kind === "rejected") {
    const detail = writeNote({ at: head, refusal: result.error.name });
    await stores.weights.settle(last, { state: "rejected", detail });
  }
}

const writeNote = (note: Note): string => JSON.stringify(note);

function readNote(text: string | null): Note {
  if (text === null) return { at: 0 };
  return Note.parse(JSON.parse(text));
}
