import type { Hex } from "@neurond/primitives";
import { type BlockContext, ensure } from "../../../frame/dispatch.ts";
import { ratio } from "../../../yuma/fixed.ts";
import { pairRow } from "../../../yuma/pair-row.ts";
import { maxUpscale } from "../../../yuma/upscale.ts";
import { errors } from "../errors.ts";
import { events } from "../events.ts";
import { hasStakeForWeights } from "../stake-weight.ts";
import { SubnetOwnerHotkey } from "../storage/networks.ts";
import { SubnetworkN, Uids, ValidatorPermit } from "../storage/neurons.ts";
import {
  CommitRevealWeightsEnabled,
  MaxWeightsLimit,
  MinAllowedWeights,
  Weights,
  WeightsVersionKey,
} from "../storage/weights.ts";
import { mayUpdate, recordUpdate } from "./last-update.ts";
import { existingIndex, type Place } from "./place.ts";

const ROOT = 0;
const U16_MAX = 65_535;

/** A row of weights as submitted: u16 values of any scale. */
export interface SubmittedWeights extends Place {
  readonly uids: readonly number[];
  readonly values: readonly number[];
  readonly versionKey: bigint;
}

/**
 * Checks and stores a hotkey's weights, set or revealed (`internal_set_weights`). The order of the
 * checks is the runtime's, so that a client sees the error it would see there.
 */
export function storeWeights(
  context: BlockContext,
  hotkey: Hex,
  submitted: SubmittedWeights,
): void {
  const { state, block } = context;
  const { netuid, uids, values } = submitted;
  ensure(netuid !== ROOT, errors.CanNotSetRootNetworkWeights);
  ensure(uids.length === values.length, errors.WeightVecNotEqualSize);
  const index = existingIndex(state, submitted);
  const n = SubnetworkN.get(state, netuid);
  ensure(uids.length <= n, errors.UidsLengthExceedUidsInSubNet);
  const uid = Uids.get(state, netuid, hotkey);
  ensure(uid !== undefined, errors.HotKeyNotRegisteredInSubNet);
  ensure(hasStakeForWeights(state, hotkey, netuid), errors.NotEnoughStakeToSetWeights);
  const versionKey = WeightsVersionKey.get(state, netuid);
  ensure(versionKey === 0n || submitted.versionKey >= versionKey, errors.IncorrectWeightVersionKey);
  // Commits were limited already; their reveals are not counted.
  const direct = !CommitRevealWeightsEnabled.get(state, netuid);
  ensure(!direct || mayUpdate(state, index, netuid, uid, block), errors.SettingWeightsTooFast);

  const selfWeight = uids.length === 1 && uids[0] === uid;
  const mayWeigh =
    selfWeight ||
    SubnetOwnerHotkey.get(state, netuid) === hotkey ||
    ValidatorPermit.get(state, netuid)[uid] === true;
  ensure(mayWeigh, errors.NeuronNoValidatorPermit);
  ensure(new Set(uids).size === uids.length, errors.DuplicateUids);
  ensure(
    uids.every((to) => to < n),
    errors.UidVecContainInvalidOne,
  );
  const fewest = Math.min(MinAllowedWeights.get(state, netuid), n);
  ensure(selfWeight || uids.length >= fewest, errors.WeightVecLengthIsLow);
  const upscaled = maxUpscale(values);
  const limit = MaxWeightsLimit.get(state, netuid);
  ensure(selfWeight || isWithinLimit(upscaled, limit), errors.MaxWeightExceeded);

  // Zeros are kept: the row is what was submitted, in its order.
  Weights.set(state, [index, uid], pairRow(uids.map((to, i) => [to, upscaled[i] ?? 0])));
  if (direct) recordUpdate(state, index, uid, block);
  context.emit(events.WeightsSet(index, uid));
}

/** Whether no entry has more than `limit`/65535 of the row. */
function isWithinLimit(values: readonly number[], limit: number): boolean {
  if (limit === U16_MAX) return true;
  const sum = values.reduce((a, b) => a + b, 0);
  return ratio(Math.max(0, ...values), sum) <= ratio(limit, U16_MAX);
}
