import { blake2, identity } from "../../../frame/hasher.ts";
import { accountId } from "../../../scale/known.ts";
import { bool, u16, u64 } from "../../../scale/primitives.ts";
import { u96f32 } from "../types.ts";
import { item } from "./item.ts";

/** Rao minted per block. */
export const BlockEmission = item("BlockEmission", [], u64, 1_000_000_000n);
export const SubnetEmissionEnabled = item("SubnetEmissionEnabled", [identity(u16)], bool, true);
export const SubnetAlphaInEmission = item("SubnetAlphaInEmission", [identity(u16)], u64, 0n);
export const SubnetAlphaOutEmission = item("SubnetAlphaOutEmission", [identity(u16)], u64, 0n);
export const SubnetTaoInEmission = item("SubnetTaoInEmission", [identity(u16)], u64, 0n);
export const RootProp = item("RootProp", [identity(u16)], u96f32, { bits: 0n });

// What has been emitted since the last epoch and waits to be shared out by the next one.
export const PendingServerEmission = item("PendingServerEmission", [identity(u16)], u64, 0n);
export const PendingValidatorEmission = item("PendingValidatorEmission", [identity(u16)], u64, 0n);
export const PendingRootAlphaDivs = item("PendingRootAlphaDivs", [identity(u16)], u64, 0n);
export const PendingOwnerCut = item("PendingOwnerCut", [identity(u16)], u64, 0n);
/** Share of 65535; the default is 18 %. */
export const SubnetOwnerCut = item("SubnetOwnerCut", [], u16, 11_796);
export const OwnerCutEnabled = item("OwnerCutEnabled", [identity(u16)], bool, true);

export const AlphaDividendsPerSubnet = item(
  "AlphaDividendsPerSubnet",
  [identity(u16), blake2(accountId)],
  u64,
  0n,
);
export const RootAlphaDividendsPerSubnet = item(
  "RootAlphaDividendsPerSubnet",
  [identity(u16), blake2(accountId)],
  u64,
  0n,
);
export const LastHotkeyEmissionOnNetuid = item(
  "LastHotkeyEmissionOnNetuid",
  [blake2(accountId), identity(u16)],
  u64,
  0n,
);
