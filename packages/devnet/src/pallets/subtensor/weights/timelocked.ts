import { toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { type CallContext, ensure, signer } from "../../../frame/dispatch.ts";
import { freeCall } from "../../../frame/pallet.ts";
import { u8, u16, u64 } from "../../../scale/primitives.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { currentEpoch } from "../schedule.ts";
import { Uids } from "../storage/neurons.ts";
import {
  CommitRevealWeightsEnabled,
  CommitRevealWeightsVersion,
  TimelockedWeightCommits,
} from "../storage/weights.ts";
import { ciphertext } from "../types.ts";
import { MAX_UNREVEALED } from "./commit-queue.ts";
import { mayUpdate, recordUpdate } from "./last-update.ts";
import { existingIndex, type Place } from "./place.ts";

/** The version of `commit_crv3_mechanism_weights`, which cannot name one. */
const VERSION = 4;

interface Timelocked {
  readonly commit: Uint8Array;
  readonly reveal_round: bigint;
}

/** Keeps encrypted weights until the chain itself can open them; what is in them is not checked. */
function commitTimelocked(
  context: CallContext,
  place: Place,
  version: number,
  { commit, reveal_round: round }: Timelocked,
): void {
  const { state, block } = context;
  const { netuid } = place;
  const hotkey = signer(context);
  const index = existingIndex(state, place);
  ensure(CommitRevealWeightsEnabled.get(state, netuid), errors.CommitRevealDisabled);
  ensure(version === CommitRevealWeightsVersion.get(state), errors.IncorrectCommitRevealVersion);
  const uid = Uids.get(state, netuid, hotkey);
  ensure(uid !== undefined, errors.HotKeyNotRegisteredInSubNet);
  ensure(mayUpdate(state, index, netuid, uid, block), errors.CommittingWeightsTooFast);

  const epoch = BigInt(currentEpoch(state, netuid, block));
  const commits = TimelockedWeightCommits.get(state, index, epoch);
  const own = commits.filter(([committer]) => committer === hotkey);
  ensure(own.length < MAX_UNREVEALED, errors.TooManyUnrevealedCommits);
  TimelockedWeightCommits.set(
    state,
    [index, epoch],
    [...commits, [hotkey, BigInt(block), commit, round]],
  );
  const hash = toHex(blake2b(commit, { dkLen: 32 }));
  context.emit(events.TimelockedWeightsCommitted(hotkey, index, hash, round));
  recordUpdate(state, index, uid, block);
}

const sealed = { commit: ciphertext, reveal_round: u64 };

export const timelockedCalls = [
  freeCall(
    113,
    "commit_timelocked_weights",
    { netuid: u16, ...sealed, commit_reveal_version: u16 },
    (context, args) =>
      commitTimelocked(
        context,
        { netuid: args.netuid, mecid: 0 },
        args.commit_reveal_version,
        args,
      ),
  ),
  freeCall(
    118,
    "commit_timelocked_mechanism_weights",
    { netuid: u16, mecid: u8, ...sealed, commit_reveal_version: u16 },
    (context, args) => commitTimelocked(context, args, args.commit_reveal_version, args),
  ),
  freeCall(
    117,
    "commit_crv3_mechanism_weights",
    { netuid: u16, mecid: u8, ...sealed },
    (context, args) => commitTimelocked(context, args, VERSION, args),
  ),
];
