import { type CallContext, ensure, signer } from "../../../frame/dispatch.ts";
import { freeCall } from "../../../frame/pallet.ts";
import { tuple, vec } from "../../../scale/compose.ts";
import { compactU16, compactU64, u8, u16, u64 } from "../../../scale/primitives.ts";
import { errors } from "../errors.ts";
import { CommitRevealWeightsEnabled } from "../storage/weights.ts";
import { batch } from "./batch.ts";
import { type SubmittedWeights, storeWeights } from "./store.ts";

const row = { dests: vec(u16), weights: vec(u16), version_key: u64 };

/** Sets weights in the open; where commit-reveal is on, they must be committed instead. */
function setWeights(context: CallContext, submitted: SubmittedWeights): void {
  const hotkey = signer(context);
  const mustCommit = CommitRevealWeightsEnabled.get(context.state, submitted.netuid);
  ensure(!mustCommit, errors.CommitRevealEnabled);
  storeWeights(context, hotkey, submitted);
}

export const setCalls = [
  freeCall(0, "set_weights", { netuid: u16, ...row }, (context, args) =>
    setWeights(context, {
      netuid: args.netuid,
      mecid: 0,
      uids: args.dests,
      values: args.weights,
      versionKey: args.version_key,
    }),
  ),
  freeCall(119, "set_mechanism_weights", { netuid: u16, mecid: u8, ...row }, (context, args) =>
    setWeights(context, {
      netuid: args.netuid,
      mecid: args.mecid,
      uids: args.dests,
      values: args.weights,
      versionKey: args.version_key,
    }),
  ),
  freeCall(
    80,
    "batch_set_weights",
    {
      netuids: vec(compactU16),
      weights: vec(vec(tuple(compactU16, compactU16))),
      version_keys: vec(compactU64),
    },
    (context, { netuids, weights, version_keys }) => {
      const equal = netuids.length === weights.length && netuids.length === version_keys.length;
      ensure(equal, errors.InputLengthsUnequal);
      batch(context, netuids, (netuid, i) => {
        const pairs = weights[i] ?? [];
        setWeights(context, {
          netuid,
          mecid: 0,
          uids: pairs.map(([uid]) => uid),
          values: pairs.map(([, value]) => value),
          versionKey: version_keys[i] ?? 0n,
        });
      });
    },
  ),
];
