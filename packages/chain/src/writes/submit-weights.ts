import { randomBytes } from "node:crypto";
import {
  type BlockNumber,
  type Hotkey,
  revealBlock,
  toBlockNumber,
  toU16Weights,
  toUid,
  type Uid,
} from "@neurond/primitives";
import { asHotkey, asNumber } from "../codec/value.ts";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readEpochSchedule } from "../reads/epoch-schedule.ts";
import { subnetExists } from "../reads/subnets.ts";
import type { State } from "../state.ts";
import type {
  RevealableWeights,
  WeightsByHotkey,
  WeightsSubmission,
  WeightsVector,
} from "../weights.ts";
import { checkCommitTimelocked, hasTimelock } from "./commit-timelocked-weights.ts";
import { checkCommitWeights } from "./commit-weights.ts";
import { refusedByState } from "./refusal.ts";
import { checkSetWeights } from "./set-weights.ts";
import { type Plan, type Preflight, submit } from "./submit.ts";

const SM = "SubtensorModule";
/** u16 of salt: 128 bits, so that a hash commit cannot be guessed. */
const SALT_LENGTH = 8;

type Prepared = Omit<WeightsSubmission, "submission" | "recycled">;

/**
 * Weights by hotkey, the way the subnet's state asks for. Uids are found at the block of the
 * submission; a hotkey without a uid, or registered anew since it was scored, is dropped.
 */
export async function submitWeights(
  context: ChainContext,
  signer: Signer,
  input: WeightsByHotkey,
  options: WriteOptions = {},
): Promise<WeightsSubmission> {
  let prepared: Prepared = NOTHING;
  let recycled: readonly Uid[] = [];
  const submission = await submit(
    context,
    signer,
    async (state) => {
      const { preflight, uids, ...about } = await prepare(state, signer, input);
      prepared = about;
      if (preflight.kind !== "ready") return preflight;
      const { plan } = preflight;
      const confirm: Plan["confirm"] = async (after, block) => {
        recycled = await recycledSince(after, input, uids);
        return plan.confirm(after, block);
      };
      return { kind: "ready", plan: { ...plan, confirm } };
    },
    options,
  );
  return { submission, ...prepared, recycled };
}

const NOTHING: Prepared = {
  path: "plain",
  dropped: [],
  weights: [],
  reveal: undefined,
  revealBlock: undefined,
  round: undefined,
};

async function prepare(
  state: State,
  signer: Signer,
  input: WeightsByHotkey,
): Promise<Prepared & { readonly preflight: Preflight; readonly uids: ReadonlyMap<Uid, Hotkey> }> {
  if (!(await subnetExists(state, input.netuid))) {
    const error = refusedByState("SubnetNotExists");
    return { ...NOTHING, uids: new Map(), preflight: { kind: "rejected", error } };
  }
  const { uids, dropped } = await resolveUids(state, input);
  const scores = new Map([...uids].map(([uid, hotkey]) => [uid, input.scores.get(hotkey) ?? 0n]));
  const row: WeightsVector = { ...input, weights: toU16Weights(scores) };
  const about = { ...NOTHING, dropped, weights: row.weights, uids };
  if (input.scores.size > 0 && uids.size === 0) {
    const error = refusedByState("NoScoredHotkeyHoldsAUid", "UID_RECYCLED");
    return { ...about, preflight: { kind: "rejected", error } };
  }
  if ((await state.get(SM, "CommitRevealWeightsEnabled", input.netuid)) !== true) {
    return { ...about, preflight: await checkSetWeights(state, signer, row) };
  }
  if (hasTimelock(state, input)) {
    const preflight = await checkCommitTimelocked(state, signer, row);
    const reveal = preflight.kind === "ready" ? preflight.reveal : {};
    return { ...about, ...reveal, path: "timelocked", preflight };
  }
  const reveal: RevealableWeights = { ...row, salt: newSalt() };
  const preflight = await checkCommitWeights(state, signer, reveal);
  return {
    ...about,
    path: "hash",
    reveal,
    revealBlock: await revealBlockOf(state, input),
    preflight,
  };
}

/** Uids of the scored hotkeys at this block. */
async function resolveUids(
  state: State,
  { netuid, scores, scoredAt }: WeightsByHotkey,
): Promise<{ uids: ReadonlyMap<Uid, Hotkey>; dropped: readonly Hotkey[] }> {
  const hotkeys = [...scores.keys()];
  const found = await state.many(hotkeys.map((hotkey) => [SM, "Uids", netuid, hotkey] as const));
  const since = await state.many(
    found.map((uid) => [SM, "BlockAtRegistration", netuid, uid ?? 0] as const),
  );
  const uids = new Map<Uid, Hotkey>();
  const dropped: Hotkey[] = [];
  hotkeys.forEach((hotkey, index) => {
    const isNewcomer = scoredAt !== undefined && asNumber(since[index]) > scoredAt;
    if (found[index] === undefined || isNewcomer) dropped.push(hotkey);
    else uids.set(toUid(asNumber(found[index])), hotkey);
  });
  return { uids, dropped };
}

/** Uids that changed hands between the look-up and the block of the extrinsic. */
async function recycledSince(
  after: State,
  { netuid }: WeightsByHotkey,
  uids: ReadonlyMap<Uid, Hotkey>,
): Promise<readonly Uid[]> {
  const asked = [...uids];
  const holders = await after.many(asked.map(([uid]) => [SM, "Keys", netuid, uid] as const));
  return asked
    .filter(([, hotkey], index) => asHotkey(holders[index]) !== hotkey)
    .map(([uid]) => uid);
}

async function revealBlockOf(
  state: State,
  { netuid }: WeightsByHotkey,
): Promise<BlockNumber | undefined> {
  const schedule = await readEpochSchedule(state, netuid);
  if (schedule.tempo === 0) return undefined;
  const period = asNumber((await state.find(SM, "RevealPeriodEpochs", netuid)) ?? 1);
  return toBlockNumber(revealBlock(schedule, state.block.number, period));
}

function newSalt(): readonly number[] {
  return [...new Uint16Array(new Uint8Array(randomBytes(2 * SALT_LENGTH)).buffer)];
}
