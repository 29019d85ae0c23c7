import { eventsOf } from "../../frame/event.ts";
import { twox64 } from "../../frame/hasher.ts";
import { errorsOf } from "../../frame/pallet.ts";
import { storageOf } from "../../frame/storage.ts";
import { boundedVec } from "../../scale/bounded.ts";
import { struct, tuple, variant } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { u32, u64 } from "../../scale/primitives.ts";
import type { ValueOf } from "../../scale/type.ts";
import { dispatchResult } from "../sudo.ts";

export const PROXY = { name: "Proxy", index: 16 } as const;

/** Delegates one account may have. */
export const MAX_PROXIES = 20;

/** What a delegate may do in the name of the other. */
export const proxyType = variant(["subtensor_runtime_common", "ProxyType"], {
  Any: [0],
  Owner: [1],
  NonCritical: [2],
  NonTransfer: [3],
  Senate: [4],
  NonFungible: [5],
  Triumvirate: [6],
  Governance: [7],
  Staking: [8],
  Registration: [9],
  Transfer: [10],
  SmallTransfer: [11],
  RootWeights: [12],
  ChildKeys: [13],
  SudoUncheckedSetCode: [14],
  SwapHotkey: [15],
  SubnetLeaseBeneficiary: [16],
  RootClaim: [17],
});
export type ProxyType = ValueOf<typeof proxyType>;

export const proxyDefinition = struct(["pallet_subtensor_proxy", "ProxyDefinition"], {
  delegate: accountId,
  proxy_type: proxyType,
  delay: u32,
});
export type ProxyDefinition = ValueOf<typeof proxyDefinition>;

/** Delegates of an account, and the deposit it left for them. */
export const proxies = storageOf(PROXY.name).item(
  "Proxies",
  [twox64(accountId)],
  tuple(boundedVec(proxyDefinition, MAX_PROXIES), u64),
  [[], 0n],
);

const event = eventsOf(PROXY);
const pair = { delegator: accountId, delegatee: accountId, proxy_type: proxyType, delay: u32 };
export const proxyExecuted = event.named(0, "ProxyExecuted", { result: dispatchResult });
export const proxyAdded = event.named(4, "ProxyAdded", pair);
export const proxyRemoved = event.named(5, "ProxyRemoved", pair);

const error = errorsOf(PROXY);
export const proxyErrors = {
  TooMany: error(0, "TooMany"),
  NotFound: error(1, "NotFound"),
  NotProxy: error(2, "NotProxy"),
  Unproxyable: error(3, "Unproxyable"),
  Duplicate: error(4, "Duplicate"),
  NoPermission: error(5, "NoPermission"),
  Unannounced: error(6, "Unannounced"),
  NoSelfProxy: error(7, "NoSelfProxy"),
};
