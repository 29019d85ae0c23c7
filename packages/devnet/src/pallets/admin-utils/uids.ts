import type { CallDef } from "../../frame/pallet.ts";
import { u16 } from "../../scale/primitives.ts";
import { errors } from "../subtensor/errors.ts";
import { events } from "../subtensor/events.ts";
import { MaxAllowedValidators } from "../subtensor/storage/epochs.ts";
import { MechanismCountCurrent } from "../subtensor/storage/networks.ts";
import * as neurons from "../subtensor/storage/neurons.ts";
import { adminErrors } from "./errors.ts";
import { type SubnetChange, subnetSetter } from "./setter.ts";

/** A subnet with all its mechanisms has at most so many uids. */
export const MOST_UIDS = 256;

function refuseMaxUids({ state, netuid }: SubnetChange, limit: number) {
  if (limit < neurons.MinAllowedUids.get(state, netuid)) {
    return adminErrors.MaxAllowedUidsLessThanMinAllowedUids;
  }
  if (limit < neurons.SubnetworkN.get(state, netuid)) {
    return adminErrors.MaxAllowedUIdsLessThanCurrentUIds;
  }
  if (limit > MOST_UIDS) return adminErrors.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids;
  const crowded = limit * MechanismCountCurrent.get(state, netuid) > MOST_UIDS;
  return crowded ? errors.TooManyUIDsPerMechanism : undefined;
}

function refuseMinUids({ state, netuid }: SubnetChange, limit: number) {
  if (limit >= neurons.MaxAllowedUids.get(state, netuid)) {
    return adminErrors.MinAllowedUidsGreaterThanMaxAllowedUids;
  }
  const many = limit >= neurons.SubnetworkN.get(state, netuid);
  return many ? adminErrors.MinAllowedUidsGreaterThanCurrentUids : undefined;
}

/** Calls about how many neurons a subnet has and how long they are safe. */
export const uidsCalls: readonly CallDef[] = [
  subnetSetter({
    index: 13,
    name: "sudo_set_immunity_period",
    argument: "immunity_period",
    type: u16,
    permission: "ImmunityPeriod",
    item: neurons.ImmunityPeriod,
    event: events.ImmunityPeriodSet,
  }),
  subnetSetter({
    index: 15,
    name: "sudo_set_max_allowed_uids",
    argument: "max_allowed_uids",
    type: u16,
    permission: "MaxAllowedUids",
    refuse: refuseMaxUids,
    item: neurons.MaxAllowedUids,
    event: events.MaxAllowedUidsSet,
  }),
  subnetSetter({
    index: 25,
    name: "sudo_set_max_allowed_validators",
    argument: "max_allowed_validators",
    type: u16,
    permission: "root",
    refuse: ({ state, netuid }, limit) =>
      limit > neurons.MaxAllowedUids.get(state, netuid)
        ? adminErrors.MaxValidatorsLargerThanMaxUIds
        : undefined,
    item: MaxAllowedValidators,
    event: events.MaxAllowedValidatorsSet,
  }),
  subnetSetter({
    index: 79,
    name: "sudo_set_min_allowed_uids",
    argument: "min_allowed_uids",
    type: u16,
    permission: "root",
    refuse: refuseMinUids,
    item: neurons.MinAllowedUids,
    event: events.MinAllowedUidsSet,
  }),
];
