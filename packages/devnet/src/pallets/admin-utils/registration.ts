import type { CallDef } from "../../frame/pallet.ts";
import { bool, u16, u64 } from "../../scale/primitives.ts";
import { events } from "../subtensor/events.ts";
import * as registration from "../subtensor/storage/registration.ts";
import { adminErrors } from "./errors.ts";
import { subnetSetter } from "./setter.ts";

const MIN_BURN_UPPER_BOUND = 1_000_000_000n;
const MAX_BURN_LOWER_BOUND = 100_000_000n;

/** Calls about who may register and at which price. */
export const registrationCalls: readonly CallDef[] = [
  subnetSetter({
    index: 19,
    name: "sudo_set_network_registration_allowed",
    argument: "registration_allowed",
    type: bool,
    permission: "root",
    item: registration.NetworkRegistrationAllowed,
    event: events.RegistrationAllowed,
  }),
  subnetSetter({
    index: 21,
    name: "sudo_set_target_registrations_per_interval",
    argument: "target_registrations_per_interval",
    type: u16,
    permission: "root",
    item: registration.TargetRegistrationsPerInterval,
    event: events.RegistrationPerIntervalSet,
  }),
  subnetSetter({
    index: 27,
    name: "sudo_set_max_registrations_per_block",
    argument: "max_registrations_per_block",
    type: u16,
    permission: "root",
    item: registration.MaxRegistrationsPerBlock,
    event: events.MaxRegistrationsPerBlockSet,
  }),
  subnetSetter({
    index: 22,
    name: "sudo_set_min_burn",
    argument: "min_burn",
    type: u64,
    permission: "MinBurn",
    refuse: ({ state, netuid }, rao) =>
      rao >= MIN_BURN_UPPER_BOUND || rao > registration.MaxBurn.get(state, netuid)
        ? adminErrors.ValueNotInBounds
        : undefined,
    item: registration.MinBurn,
    event: events.MinBurnSet,
  }),
  subnetSetter({
    index: 23,
    name: "sudo_set_max_burn",
    argument: "max_burn",
    type: u64,
    permission: "MaxBurn",
    refuse: ({ state, netuid }, rao) =>
      rao <= MAX_BURN_LOWER_BOUND || rao < registration.MinBurn.get(state, netuid)
        ? adminErrors.ValueNotInBounds
        : undefined,
    item: registration.MaxBurn,
    event: events.MaxBurnSet,
  }),
];
