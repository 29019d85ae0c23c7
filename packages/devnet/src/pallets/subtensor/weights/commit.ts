import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, signer } from "../../../frame/dispatch.ts";
import { freeCall } from "../../../frame/pallet.ts";
import { vec } from "../../../scale/compose.ts";
import { h256 } from "../../../scale/known.ts";
import { compactU16, u8, u16 } from "../../../scale/primitives.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { currentEpoch } from "../schedule.ts";
import { Uids } from "../storage/neurons.ts";
import { CommitRevealWeightsEnabled, WeightCommits } from "../storage/weights.ts";
import { batch } from "./batch.ts";
import { MAX_UNREVEALED, revealEpoch, splitExpired } from "./commit-queue.ts";
import { mayUpdate, recordUpdate } from "./last-update.ts";
import { existingIndex, type Place } from "./place.ts";

/** Queues the hash of weights that are revealed one reveal period later (commit-reveal v2). */
function commitWeights(context: CallContext, place: Place, hash: Hex): void {
  const { state, block } = context;
  const { netuid } = place;
  const hotkey = signer(context);
  const index = existingIndex(state, place);
  ensure(CommitRevealWeightsEnabled.get(state, netuid), errors.CommitRevealDisabled);
  const uid = Uids.get(state, netuid, hotkey);
  ensure(uid !== undefined, errors.HotKeyNotRegisteredInSubNet);
  ensure(mayUpdate(state, index, netuid, uid, block), errors.CommittingWeightsTooFast);

  const queue = WeightCommits.get(state, index, hotkey) ?? [];
  const { open } = splitExpired(queue, revealEpoch(state, netuid, block));
  ensure(open.length < MAX_UNREVEALED, errors.TooManyUnrevealedCommits);
  const epoch = BigInt(currentEpoch(state, netuid, block));
  WeightCommits.set(state, [index, hotkey], [...open, [hash, epoch, BigInt(block), 0n]]);
  context.emit(events.WeightsCommitted(hotkey, index, hash));
  recordUpdate(state, index, uid, block);
}

export const commitCalls = [
  freeCall(96, "commit_weights", { netuid: u16, commit_hash: h256 }, (context, args) =>
    commitWeights(context, { netuid: args.netuid, mecid: 0 }, args.commit_hash),
  ),
  freeCall(
    115,
    "commit_mechanism_weights",
    { netuid: u16, mecid: u8, commit_hash: h256 },
    (context, args) => commitWeights(context, args, args.commit_hash),
  ),
  freeCall(
    100,
    "batch_commit_weights",
    { netuids: vec(compactU16), commit_hashes: vec(h256) },
    (context, { netuids, commit_hashes }) => {
      ensure(netuids.length === commit_hashes.length, errors.InputLengthsUnequal);
      batch(context, netuids, (netuid, i) => {
        const hash = commit_hashes[i];
        if (hash) commitWeights(context, { netuid, mecid: 0 }, hash);
      });
    },
  ),
];
