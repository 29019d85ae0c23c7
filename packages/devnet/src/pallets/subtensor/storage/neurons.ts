import { blake2, identity } from "../../../frame/hasher.ts";
import { vec } from "../../../scale/compose.ts";
import { accountId } from "../../../scale/known.ts";
import { bool, u16, u64 } from "../../../scale/primitives.ts";
import { axonInfo, neuronCertificate, prometheusInfo } from "../types.ts";
import { item, NO_ACCOUNT, optional } from "./item.ts";

/** Neurons of a subnet: its uids are 0 up to this. */
export const SubnetworkN = item("SubnetworkN", [identity(u16)], u16, 0);
export const MaxAllowedUids = item("MaxAllowedUids", [identity(u16)], u16, 256);
export const MinAllowedUids = item("MinAllowedUids", [identity(u16)], u16, 64);
export const ImmunityPeriod = item("ImmunityPeriod", [identity(u16)], u16, 4_096);
export const ImmuneOwnerUidsLimit = item("ImmuneOwnerUidsLimit", [identity(u16)], u16, 1);
export const MinNonImmuneUids = item("MinNonImmuneUids", [identity(u16)], u16, 10);

export const Uids = optional("Uids", [identity(u16), blake2(accountId)], u16);
export const Keys = item("Keys", [identity(u16), identity(u16)], accountId, NO_ACCOUNT);
export const IsNetworkMember = item(
  "IsNetworkMember",
  [blake2(accountId), identity(u16)],
  bool,
  false,
);
export const BlockAtRegistration = item(
  "BlockAtRegistration",
  [identity(u16), identity(u16)],
  u64,
  0n,
);

// One entry per uid; may be shorter than SubnetworkN, then the rest is zero.
export const Active = item("Active", [identity(u16)], vec(bool), []);
export const Consensus = item("Consensus", [identity(u16)], vec(u16), []);
export const Dividends = item("Dividends", [identity(u16)], vec(u16), []);
export const Emission = item("Emission", [identity(u16)], vec(u64), []);
export const ValidatorTrust = item("ValidatorTrust", [identity(u16)], vec(u16), []);
export const ValidatorPermit = item("ValidatorPermit", [identity(u16)], vec(bool), []);
export const StakeWeight = item("StakeWeight", [identity(u16)], vec(u16), []);
/** By storage index (mecid·4096 + netuid). */
export const Incentive = item("Incentive", [identity(u16)], vec(u16), []);
/** By storage index: the block of the last set, commit or registration. */
export const LastUpdate = item("LastUpdate", [identity(u16)], vec(u64), []);

export const Axons = optional("Axons", [identity(u16), blake2(accountId)], axonInfo);
export const Prometheus = optional(
  "Prometheus",
  [identity(u16), blake2(accountId)],
  prometheusInfo,
);
export const NeuronCertificates = optional(
  "NeuronCertificates",
  [identity(u16), blake2(accountId)],
  neuronCertificate,
);
