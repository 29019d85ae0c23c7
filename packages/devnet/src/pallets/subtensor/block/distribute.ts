import type { Hex } from "@neurond/primitives";
import type { State } from "../../../state/state.ts";
import type { NetuidTerms } from "../../../yuma/epoch.ts";
import { addStake, addToHotkey } from "../shares.ts";
import { AlphaDividendsPerSubnet } from "../storage/emission.ts";
import { NO_ACCOUNT } from "../storage/item.ts";
import { SubnetOwnerHotkey } from "../storage/networks.ts";
import { Owner, TotalHotkeySharesV2 } from "../storage/stake.ts";

/**
 * Pays an epoch's emission into the stake of those who earned it. The runtime pays incentive to the
 * miner's owner alone, and takes, parents and root as well; here all who stake to a hotkey share in
 * what it earned. `Emission`, `Incentive` and `Dividends` do not depend on it.
 */
export function distribute(
  state: State,
  netuid: number,
  hotkeys: readonly Hex[],
  terms: Pick<NetuidTerms, "serverEmission" | "validatorEmission">,
  ownerCut: bigint,
): void {
  AlphaDividendsPerSubnet.clear(state, netuid);
  hotkeys.forEach((hotkey, uid) => {
    const dividends = terms.validatorEmission[uid] ?? 0n;
    if (dividends > 0n) AlphaDividendsPerSubnet.set(state, [netuid, hotkey], dividends);
    pay(state, netuid, hotkey, (terms.serverEmission[uid] ?? 0n) + dividends);
  });
  pay(state, netuid, SubnetOwnerHotkey.get(state, netuid), ownerCut);
}

/** Raises what the hotkey's shares are worth; the first share is the owner's. */
function pay(state: State, netuid: number, hotkey: Hex, amount: bigint): void {
  if (amount === 0n) return;
  if (TotalHotkeySharesV2.has(state, hotkey, netuid)) {
    addToHotkey(state, hotkey, netuid, amount);
    return;
  }
  const coldkey = Owner.get(state, hotkey);
  if (coldkey !== NO_ACCOUNT) addStake(state, { hotkey, coldkey, netuid }, amount);
}
