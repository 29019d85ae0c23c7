import type { NestedCall } from "../../frame/dispatch.ts";
import type { ProxyType } from "./types.ts";

const BALANCES = 5;
const SUBTENSOR = 7;
const UTILITY = 11;
const SUDO = 12;
const ADMIN_UTILS = 19;

/** SubtensorModule calls that trade or move stake. */
const STAKING = new Set([2, 3, 83, 84, 85, 87, 88, 89, 90, 103]);
const TRANSFER_STAKE = 86;
const COLDKEY_SWAP = new Set([71, 73, 125, 126]);
const REGISTER = new Set([6, 7, 134]);
const ROOT_REGISTER = 62;
const DISSOLVE = 61;
const SWAP_HOTKEY = new Set([70, 72]);
const CHILDREN = new Set([67, 75]);
const SUBNET_IDENTITY = new Set([78, 112]);
const CLAIM_ROOT = 121;
const SET_OWNER_HOTKEY = new Set([64, 67]);

const subtensor = (call: NestedCall, ...indices: (number | ReadonlySet<number>)[]): boolean =>
  call.pallet === SUBTENSOR &&
  indices.some((index) => (typeof index === "number" ? index === call.call : index.has(call.call)));

const isTransfer = (call: NestedCall): boolean =>
  call.pallet === BALANCES || subtensor(call, TRANSFER_STAKE);

const RULES: Readonly<Record<ProxyType["tag"], (call: NestedCall) => boolean>> = {
  Any: () => true,
  Owner: (call) =>
    (call.pallet === ADMIN_UTILS && !SET_OWNER_HOTKEY.has(call.call)) ||
    subtensor(call, SUBNET_IDENTITY),
  NonCritical: (call) =>
    call.pallet !== SUDO && !subtensor(call, DISSOLVE, ROOT_REGISTER, REGISTER),
  NonTransfer: (call) => !isTransfer(call) && !subtensor(call, COLDKEY_SWAP),
  NonFungible: (call) =>
    !isTransfer(call) &&
    !subtensor(call, STAKING, REGISTER, ROOT_REGISTER, COLDKEY_SWAP, SWAP_HOTKEY),
  Staking: (call) => subtensor(call, STAKING),
  Registration: (call) => subtensor(call, REGISTER),
  Transfer: isTransfer,
  ChildKeys: (call) => subtensor(call, CHILDREN),
  SwapHotkey: (call) => subtensor(call, SWAP_HOTKEY),
  RootClaim: (call) => subtensor(call, CLAIM_ROOT),
  // The bodies behind these are gone, or what they allow is not part of this chain.
  Senate: () => false,
  Triumvirate: () => false,
  Governance: () => false,
  SmallTransfer: () => false,
  RootWeights: () => false,
  SudoUncheckedSetCode: () => false,
  SubnetLeaseBeneficiary: () => false,
};

/** Whether a delegate of this kind may make the call; a batch is as good as its worst call. */
export function allows(type: ProxyType, call: NestedCall): boolean {
  if (call.pallet === UTILITY) return inner(call).every((nested) => allows(type, nested));
  return RULES[type.tag](call);
}

function inner({ args }: NestedCall): readonly NestedCall[] {
  const { calls } = args as { readonly calls?: readonly NestedCall[] };
  return calls ?? [];
}
