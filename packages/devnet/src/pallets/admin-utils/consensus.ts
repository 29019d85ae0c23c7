import { ensure } from "../../frame/dispatch.ts";
import { eventsOf } from "../../frame/event.ts";
import type { CallDef } from "../../frame/pallet.ts";
import { bool, i16, u16, u64 } from "../../scale/primitives.ts";
import { errors } from "../subtensor/errors.ts";
import { events } from "../subtensor/events.ts";
import * as epochs from "../subtensor/storage/epochs.ts";
import { ADMIN_UTILS, adminErrors } from "./errors.ts";
import { subnetCall, subnetSetter } from "./setter.ts";

const OWNER_MOVING_AVERAGE_MAX = 975_000n;
/** 0.025 as a share of 65535: alpha below that would hardly ever move a bond. */
const ALPHA_MIN = 1_638;

const event = eventsOf(ADMIN_UTILS);
export const yuma3EnableToggled = event.named(1, "Yuma3EnableToggled", {
  netuid: u16,
  enabled: bool,
});
export const bondsResetToggled = event.named(2, "BondsResetToggled", {
  netuid: u16,
  enabled: bool,
});

/** Calls about how an epoch turns weights into incentive and dividends. */
export const consensusCalls: readonly CallDef[] = [
  subnetSetter({
    index: 16,
    name: "sudo_set_kappa",
    argument: "kappa",
    type: u16,
    permission: "Kappa",
    item: epochs.Kappa,
    event: events.KappaSet,
  }),
  subnetSetter({
    index: 18,
    name: "sudo_set_activity_cutoff",
    argument: "activity_cutoff",
    type: u16,
    permission: "ActivityCutoff",
    refuse: ({ state }, blocks) =>
      blocks < epochs.MinActivityCutoff.get(state) ? errors.ActivityCutoffTooLow : undefined,
    item: epochs.ActivityCutoff,
    event: events.ActivityCutoffSet,
  }),
  subnetSetter({
    index: 26,
    name: "sudo_set_bonds_moving_average",
    argument: "bonds_moving_average",
    type: u64,
    permission: "BondsMovingAverage",
    refuse: ({ by }, average) =>
      by === "owner" && average > OWNER_MOVING_AVERAGE_MAX
        ? adminErrors.BondsMovingAverageMaxReached
        : undefined,
    item: epochs.BondsMovingAverage,
    event: events.BondsMovingAverageSet,
  }),
  subnetSetter({
    index: 60,
    name: "sudo_set_bonds_penalty",
    argument: "bonds_penalty",
    type: u16,
    permission: "BondsPenalty",
    item: epochs.BondsPenalty,
    event: events.BondsPenaltySet,
  }),
  subnetCall(
    50,
    "sudo_set_liquid_alpha_enabled",
    { enabled: bool },
    "LiquidAlphaEnabled",
    (change, args) =>
      epochs.LiquidAlphaOn.set(change.state, [change.netuid], args["enabled"] as boolean),
  ),
  subnetCall(
    51,
    "sudo_set_alpha_values",
    { alpha_low: u16, alpha_high: u16 },
    "AlphaValues",
    ({ state, netuid }, args) => {
      const [low, high] = [args["alpha_low"] as number, args["alpha_high"] as number];
      ensure(epochs.LiquidAlphaOn.get(state, netuid), errors.LiquidAlphaDisabled);
      ensure(high >= ALPHA_MIN, errors.AlphaHighTooLow);
      ensure(low >= ALPHA_MIN && low <= high, errors.AlphaLowOutOfRange);
      epochs.AlphaValues.set(state, [netuid], [low, high]);
    },
  ),
  subnetSetter({
    index: 68,
    name: "sudo_set_alpha_sigmoid_steepness",
    argument: "steepness",
    type: i16,
    permission: "AlphaSigmoidSteepness",
    refuse: ({ by }, steepness) =>
      by === "owner" && steepness < 0 ? adminErrors.NegativeSigmoidSteepness : undefined,
    item: epochs.AlphaSigmoidSteepness,
    event: events.AlphaSigmoidSteepnessSet,
  }),
  subnetSetter({
    index: 69,
    name: "sudo_set_yuma3_enabled",
    argument: "enabled",
    type: bool,
    permission: "Yuma3Enabled",
    item: epochs.Yuma3On,
    event: (netuid, enabled) => yuma3EnableToggled({ netuid, enabled }),
  }),
  subnetSetter({
    index: 70,
    name: "sudo_set_bonds_reset_enabled",
    argument: "enabled",
    type: bool,
    permission: "BondsResetEnabled",
    item: epochs.BondsResetOn,
    event: (netuid, enabled) => bondsResetToggled({ netuid, enabled }),
  }),
];
