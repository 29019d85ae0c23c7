import { ensure, signer } from "../../frame/dispatch.ts";
import type { CallDef } from "../../frame/pallet.ts";
import { bool, u16, u64 } from "../../scale/primitives.ts";
import { errors } from "../subtensor/errors.ts";
import { events } from "../subtensor/events.ts";
import { hasElapsed, TRANSACTION } from "../subtensor/rate-limit.ts";
import { Tempo } from "../subtensor/storage/epochs.ts";
import {
  TransactionKeyLastBlock,
  WeightsVersionKeyRateLimit,
} from "../subtensor/storage/limits.ts";
import * as weights from "../subtensor/storage/weights.ts";
import { type SubnetChange, subnetCall, subnetSetter } from "./setter.ts";

const MIN_REVEAL_PERIOD = 1n;
const MAX_REVEAL_PERIOD = 100n;

/** The version key has a pace of its own: five tempos, counted per owner. */
function setVersionKey({ context, netuid, by }: SubnetChange, versionKey: bigint): void {
  const { state, block } = context;
  if (by === "owner") {
    const key = [signer(context), netuid, TRANSACTION.SetWeightsVersionKey] as const;
    const limit = WeightsVersionKeyRateLimit.get(state) * BigInt(Tempo.get(state, netuid));
    const last = TransactionKeyLastBlock.get(state, ...key);
    ensure(hasElapsed(last, block, limit), errors.TxRateLimitExceeded);
    TransactionKeyLastBlock.set(state, key, BigInt(block));
  }
  weights.WeightsVersionKey.set(state, [netuid], versionKey);
  context.emit(events.WeightsVersionKeySet(netuid, versionKey));
}

/** Calls about who may set which weights, and when. */
export const weightsCalls: readonly CallDef[] = [
  subnetCall(
    6,
    "sudo_set_weights_version_key",
    { weights_version_key: u64 },
    "owner",
    (change, args) => setVersionKey(change, args["weights_version_key"] as bigint),
  ),
  subnetSetter({
    index: 7,
    name: "sudo_set_weights_set_rate_limit",
    argument: "weights_set_rate_limit",
    type: u64,
    permission: "root",
    item: weights.WeightsSetRateLimit,
    event: events.WeightsSetRateLimitSet,
  }),
  subnetSetter({
    index: 14,
    name: "sudo_set_min_allowed_weights",
    argument: "min_allowed_weights",
    type: u16,
    permission: "MinAllowedWeights",
    item: weights.MinAllowedWeights,
    event: events.MinAllowedWeightSet,
  }),
  subnetSetter({
    index: 49,
    name: "sudo_set_commit_reveal_weights_enabled",
    argument: "enabled",
    type: bool,
    permission: "CommitRevealEnabled",
    item: weights.CommitRevealWeightsEnabled,
    event: events.CommitRevealEnabled,
  }),
  subnetSetter({
    index: 57,
    name: "sudo_set_commit_reveal_weights_interval",
    argument: "interval",
    type: u64,
    permission: "WeightCommitInterval",
    refuse: (_change, epochs) => {
      if (epochs > MAX_REVEAL_PERIOD) return errors.RevealPeriodTooLarge;
      return epochs < MIN_REVEAL_PERIOD ? errors.RevealPeriodTooSmall : undefined;
    },
    item: weights.RevealPeriodEpochs,
    event: events.CommitRevealPeriodsSet,
  }),
];
