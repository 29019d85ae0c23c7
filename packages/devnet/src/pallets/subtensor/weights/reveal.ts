import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, failure, signer } from "../../../frame/dispatch.ts";
import { freeCall } from "../../../frame/pallet.ts";
import { vec } from "../../../scale/compose.ts";
import { u8, u16, u64 } from "../../../scale/primitives.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { CommitRevealWeightsEnabled, WeightCommits } from "../storage/weights.ts";
import { type Reveal, revealEpoch, revealHash, splitExpired } from "./commit-queue.ts";
import { indexOf, type Place } from "./place.ts";
import { storeWeights } from "./store.ts";

/** Stores weights whose hash was committed, and forgets that commit and all older ones. */
function revealWeights(context: CallContext, place: Place, reveals: readonly Reveal[]): Hex[] {
  const { state, block } = context;
  const { netuid } = place;
  const hotkey = signer(context);
  ensure(CommitRevealWeightsEnabled.get(state, netuid), errors.CommitRevealDisabled);
  const index = indexOf(place);
  const queue = WeightCommits.get(state, index, hotkey);
  ensure(queue !== undefined, errors.NoWeightsCommitFound);
  const epoch = revealEpoch(state, netuid, block);
  const { expired, open } = splitExpired(queue, epoch);

  return reveals.map((reveal) => {
    const hash = revealHash(hotkey, index, reveal);
    const at = open.findIndex(([committed]) => committed === hash);
    const commit = open[at];
    if (!commit) {
      const late = expired.some(([committed]) => committed === hash);
      if (late) throw failure(errors.ExpiredWeightCommit);
      const none = open.length === 0;
      throw failure(none ? errors.NoWeightsCommitFound : errors.InvalidRevealCommitHashNotMatch);
    }
    ensure(commit[1] === epoch, errors.RevealTooEarly);
    open.splice(0, at + 1);
    if (open.length > 0) WeightCommits.set(state, [index, hotkey], open);
    else WeightCommits.remove(state, index, hotkey);
    storeWeights(context, hotkey, { ...place, ...reveal });
    return hash;
  });
}

function revealOne(context: CallContext, place: Place, reveal: Reveal): void {
  for (const hash of revealWeights(context, place, [reveal]))
    context.emit(events.WeightsRevealed(signer(context), indexOf(place), hash));
}

const fields = { uids: vec(u16), values: vec(u16), salt: vec(u16), version_key: u64 };

/** How a call spells a reveal. */
export interface RevealArgs {
  readonly uids: readonly number[];
  readonly values: readonly number[];
  readonly salt: readonly number[];
  readonly version_key: bigint;
}

export const revealOf = ({ uids, values, salt, version_key }: RevealArgs): Reveal => ({
  uids,
  values,
  salt,
  versionKey: version_key,
});

export const revealCalls = [
  freeCall(97, "reveal_weights", { netuid: u16, ...fields }, (context, args) =>
    revealOne(context, { netuid: args.netuid, mecid: 0 }, revealOf(args)),
  ),
  freeCall(
    116,
    "reveal_mechanism_weights",
    { netuid: u16, mecid: u8, ...fields },
    (context, args) =>
      revealOne(context, { netuid: args.netuid, mecid: args.mecid }, revealOf(args)),
  ),
  freeCall(
    98,
    "batch_reveal_weights",
    {
      netuid: u16,
      uids_list: vec(vec(u16)),
      values_list: vec(vec(u16)),
      salts_list: vec(vec(u16)),
      version_keys: vec(u64),
    },
    (context, args) => {
      const { netuid, ...lists } = args;
      const reveals = revealsOf(lists);
      ensure(reveals !== undefined, errors.InputLengthsUnequal);
      const hashes = revealWeights(context, { netuid, mecid: 0 }, reveals);
      context.emit(events.WeightsBatchRevealed(signer(context), netuid, hashes));
    },
  ),
];

/** How a call spells several reveals. */
export interface RevealLists {
  readonly uids_list: readonly (readonly number[])[];
  readonly values_list: readonly (readonly number[])[];
  readonly salts_list: readonly (readonly number[])[];
  readonly version_keys: readonly bigint[];
}

/** The reveals of a batch; undefined when its lists differ in length. */
export function revealsOf(lists: RevealLists): Reveal[] | undefined {
  const { uids_list, values_list, salts_list, version_keys } = lists;
  const lengths = new Set(Object.values(lists).map((list) => list.length));
  if (lengths.size > 1) return undefined;
  return uids_list.map((uids, i) => ({
    uids,
    values: values_list[i] ?? [],
    salt: salts_list[i] ?? [],
    versionKey: version_keys[i] ?? 0n,
  }));
}
