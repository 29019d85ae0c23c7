import type { Hex } from "@neurond/primitives";
import type { PalletError } from "../../../frame/dispatch.ts";
import { LastStoredRound } from "../../drand/storage.ts";
import { errors } from "../errors.ts";
import { hasStakeForWeights } from "../stake-weight.ts";
import { WeightCommits } from "../storage/weights.ts";
import { type Reveal, revealEpoch, revealHash } from "../weights/commit-queue.ts";
import { indexOf, type Place } from "../weights/place.ts";
import { type RevealArgs, type RevealLists, revealOf, revealsOf } from "../weights/reveal.ts";
import { type Check, type Checks, checkOf, type GuardView } from "./check.ts";

type OnNet = { readonly netuid: number };
type OnMechanism = Place;
type OnNets = { readonly netuids: readonly number[] };

const stakeRefusal = ({ state }: GuardView, hotkey: Hex, netuids: readonly number[]) =>
  netuids.every((netuid) => hasStakeForWeights(state, hotkey, netuid))
    ? undefined
    : errors.NotEnoughStakeToSetWeights;

const onNet: Check<OnNet> = (view, hotkey, { netuid }) => stakeRefusal(view, hotkey, [netuid]);

/** A batch whose lists differ in length says nothing. */
const onNets =
  <Args extends OnNets>(...lists: readonly (keyof Args)[]): Check<Args> =>
  (view, hotkey, args) =>
    lists.every((list) => lengthOf(args[list]) === args.netuids.length)
      ? stakeRefusal(view, hotkey, args.netuids)
      : errors.InputLengthsUnequal;

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : -1);

/** Coarser than the dispatch: an expired commit is "not found" and a late reveal "too early". */
function revealRefusal(
  { state, block }: GuardView,
  hotkey: Hex,
  place: Place,
  reveals: readonly Reveal[],
): PalletError | undefined {
  const index = indexOf(place);
  const queue = WeightCommits.get(state, index, hotkey);
  if (!queue) return errors.NoWeightsCommitFound;
  const epoch = revealEpoch(state, place.netuid, block);
  for (const reveal of reveals) {
    const hash = revealHash(hotkey, index, reveal);
    const commit = queue.find(([committed]) => committed === hash);
    if (!commit) return errors.NoWeightsCommitFound;
    if (commit[1] !== epoch) return errors.RevealTooEarly;
  }
  return undefined;
}

const revealOn =
  <Args extends OnNet & RevealArgs>(mecidOf: (args: Args) => number): Check<Args> =>
  (view, hotkey, args) =>
    onNet(view, hotkey, args) ??
    revealRefusal(view, hotkey, { netuid: args.netuid, mecid: mecidOf(args) }, [revealOf(args)]);

const batchReveal: Check<OnNet & RevealLists> = (view, hotkey, { netuid, ...lists }) => {
  const reveals = revealsOf(lists);
  if (!reveals) return errors.InputLengthsUnequal;
  return (
    onNet(view, hotkey, { netuid }) ?? revealRefusal(view, hotkey, { netuid, mecid: 0 }, reveals)
  );
};

/** A round that is out already hides nothing. */
const timelocked: Check<OnNet & { readonly reveal_round: bigint }> = (view, hotkey, args) =>
  onNet(view, hotkey, args) ??
  (args.reveal_round < LastStoredRound.get(view.state) ? errors.InvalidRevealRound : undefined);

/** Judges every call that sets, commits or reveals weights. */
export const weightsChecks: Checks = new Map([
  checkOf(0, onNet),
  checkOf(119, onNet),
  checkOf(
    80,
    onNets<OnNets & { weights: unknown; version_keys: unknown }>("weights", "version_keys"),
  ),
  checkOf(96, onNet),
  checkOf(115, onNet),
  checkOf(100, onNets<OnNets & { commit_hashes: unknown }>("commit_hashes")),
  checkOf(
    97,
    revealOn<OnNet & RevealArgs>(() => 0),
  ),
  checkOf(
    116,
    revealOn<OnMechanism & RevealArgs>(({ mecid }) => mecid),
  ),
  checkOf(98, batchReveal),
  checkOf(113, timelocked),
  checkOf(118, timelocked),
  checkOf(117, timelocked),
]);
