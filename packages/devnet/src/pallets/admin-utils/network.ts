import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, ensureRoot } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { bool, u16, u64 } from "../../scale/primitives.ts";
import { errors } from "../subtensor/errors.ts";
import { events } from "../subtensor/events.ts";
import { owns } from "../subtensor/hotkey-owner.ts";
import { ensureOwnerOrRoot } from "../subtensor/owner-action.ts";
import { hasElapsed } from "../subtensor/rate-limit.ts";
import { Tempo } from "../subtensor/storage/epochs.ts";
import { LastRateLimitedBlock, ServingRateLimit } from "../subtensor/storage/limits.ts";
import * as networks from "../subtensor/storage/networks.ts";
import { restartCycle } from "../subtensor/tempo.ts";
import { adminErrors } from "./errors.ts";
import { subnetCall, subnetSetter } from "./setter.ts";

/** Names the hotkey whose uid is the owner's: once a tempo, by the owner or root, any time. */
function setOwnerHotkey(context: CallContext, netuid: number, hotkey: Hex): void {
  const { state, block } = context;
  const by = ensureOwnerOrRoot(context, netuid);
  ensure(networks.NetworksAdded.get(state, netuid), adminErrors.SubnetDoesNotExist);
  const owner = networks.SubnetOwner.get(state, netuid);
  ensure(owns(state, owner, hotkey), errors.NonAssociatedColdKey);
  const key = { tag: "SetSNOwnerHotkey", value: netuid } as const;
  if (by === "owner") {
    const limit = BigInt(Tempo.get(state, netuid));
    const last = LastRateLimitedBlock.get(state, key);
    ensure(hasElapsed(last, block, limit), errors.TxRateLimitExceeded);
    LastRateLimitedBlock.set(state, [key], BigInt(block));
  }
  networks.SubnetOwnerHotkey.set(state, [netuid], hotkey);
  context.emit(events.SubnetOwnerHotkeySet(netuid, hotkey));
}

const ownerHotkey = { netuid: u16, hotkey: accountId };

/** Calls about a subnet as such. */
export const networkCalls: readonly CallDef[] = [
  subnetSetter({
    index: 3,
    name: "sudo_set_serving_rate_limit",
    argument: "serving_rate_limit",
    type: u64,
    permission: "ServingRateLimit",
    item: ServingRateLimit,
    event: events.ServingRateLimitSet,
  }),
  subnetCall(30, "sudo_set_tempo", { tempo: u16 }, "root", (change, args) =>
    restartCycle(change.context, change.netuid, args["tempo"] as number),
  ),
  subnetCall(66, "sudo_set_subtoken_enabled", { subtoken_enabled: bool }, "root", (change, args) =>
    networks.SubtokenEnabled.set(
      change.state,
      [change.netuid],
      args["subtoken_enabled"] as boolean,
    ),
  ),
  call(67, "sudo_set_sn_owner_hotkey", ownerHotkey, (context, { netuid, hotkey }) =>
    setOwnerHotkey(context, netuid, hotkey),
  ),
  call(64, "sudo_set_subnet_owner_hotkey", ownerHotkey, (context, { netuid, hotkey }) => {
    ensureRoot(context);
    setOwnerHotkey(context, netuid, hotkey);
  }),
];
