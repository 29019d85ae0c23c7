import { badOrigin, type CallContext, ensure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { u16, u32 } from "../../scale/primitives.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import {
  blocksToEpoch,
  ensureOwnerOrRoot,
  ensureOwnerPace,
  ensureWindowOpen,
  recordOwnerAction,
} from "./owner-action.ts";
import { hasElapsed, TRANSACTION } from "./rate-limit.ts";
import {
  ActivityCutoffFactorMilli,
  LastEpochBlock,
  PendingEpochAt,
  Tempo,
} from "./storage/epochs.ts";
import { AdminFreezeWindow, TransactionKeyLastBlock } from "./storage/limits.ts";
import { NetworksAdded, SubnetOwner } from "./storage/networks.ts";
import { CommitRevealWeightsEnabled } from "./storage/weights.ts";

/** Tempos an owner may choose; root may choose any. */
export const MIN_TEMPO = 360;
export const MAX_TEMPO = 50_400;
export const MIN_CUTOFF_FACTOR = 1_000;
export const MAX_CUTOFF_FACTOR = 50_000;

/** A new tempo begins a new cycle: the next epoch is a whole tempo away. */
export function restartCycle(context: CallContext, netuid: number, tempo: number): void {
  Tempo.set(context.state, [netuid], tempo);
  LastEpochBlock.set(context.state, [netuid], BigInt(context.block));
  context.emit(events.TempoSet(netuid, tempo));
}

function setTempo(context: CallContext, netuid: number, tempo: number): void {
  const { state, block } = context;
  const owner = signer(context);
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  if (SubnetOwner.get(state, netuid) !== owner) throw badOrigin();
  ensure(tempo >= MIN_TEMPO && tempo <= MAX_TEMPO, errors.TempoOutOfBounds);
  ensureWindowOpen(context, netuid);
  const last = TransactionKeyLastBlock.get(state, owner, netuid, TRANSACTION.SetTempo);
  ensure(hasElapsed(last, block, BigInt(MIN_TEMPO)), errors.TxRateLimitExceeded);
  TransactionKeyLastBlock.set(state, [owner, netuid, TRANSACTION.SetTempo], BigInt(block));
  restartCycle(context, netuid, tempo);
}

function setCutoffFactor(context: CallContext, netuid: number, factor: number): void {
  const { state, block } = context;
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  const authority = ensureOwnerOrRoot(context, netuid);
  const within = factor >= MIN_CUTOFF_FACTOR && factor <= MAX_CUTOFF_FACTOR;
  ensure(within, errors.ActivityCutoffFactorMilliOutOfBounds);
  ensureWindowOpen(context, netuid);
  if (authority === "owner") {
    ensureOwnerPace(context, netuid, "ActivityCutoffFactorMilli");
    recordOwnerAction(state, netuid, "ActivityCutoffFactorMilli", block);
  }
  ActivityCutoffFactorMilli.set(state, [netuid], factor);
  context.emit(events.ActivityCutoffFactorMilliSet({ netuid, factor_milli: factor }));
}

/** Asks for an epoch out of turn; it comes after the freeze window, so that nobody is surprised. */
function triggerEpoch(context: CallContext, netuid: number): void {
  const { state, block } = context;
  const by = signer(context);
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  if (SubnetOwner.get(state, netuid) !== by) throw badOrigin();
  const hidden = CommitRevealWeightsEnabled.get(state, netuid);
  ensure(!hidden, errors.DynamicTempoBlockedByCommitReveal);
  ensure(PendingEpochAt.get(state, netuid) === 0n, errors.EpochTriggerAlreadyPending);
  const window = BigInt(AdminFreezeWindow.get(state));
  const left = blocksToEpoch(state, netuid, block);
  ensure(left === undefined || left >= window, errors.AutoEpochAlreadyImminent);
  ensureOwnerPace(context, netuid, "TriggerEpoch");
  recordOwnerAction(state, netuid, "TriggerEpoch", block);
  const firesAt = BigInt(block) + (window > 0n ? window : 1n);
  PendingEpochAt.set(state, [netuid], firesAt);
  context.emit(events.EpochTriggered({ netuid, by, fires_at: firesAt }));
}

/** Calls by which an owner changes when epochs run and who counts as active. */
export const tempoCalls: readonly CallDef[] = [
  call(139, "set_tempo", { netuid: u16, tempo: u16 }, (context, { netuid, tempo }) =>
    setTempo(context, netuid, tempo),
  ),
  call(
    140,
    "set_activity_cutoff_factor",
    { netuid: u16, factor_milli: u32 },
    (context, { netuid, factor_milli }) => setCutoffFactor(context, netuid, factor_milli),
  ),
  call(141, "trigger_epoch", { netuid: u16 }, (context, { netuid }) =>
    triggerEpoch(context, netuid),
  ),
];
