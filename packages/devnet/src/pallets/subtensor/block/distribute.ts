import type { Hex } from "@neurond/primitives";
import type { State } from "../../../state/state.ts";
import type { NetuidTerms } from "../../../yuma/epoch.ts";
import { isZero } from "../safe-float.ts";
import { addStake, addToHotkey } from "../shares.ts";
import { AlphaDividendsPerSubnet } from "../storage/emission.ts";
import { SubnetOwnerHotkey } from "../storage/networks.ts";
import { Owner, TotalHotkeySharesV2 } from "../storage/stake.ts";

/**
 * Pays an epoch's emission into stake: incentive to the miner's owner, dividends to all who stake
 * to the validator, the cut to the subnet's owner. The runtime also pays takes, parents and root;
 * what anybody earned (`Emission`, `Incentive`, `Dividends`) does not depend on it.
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
    payOwner(state, netuid, hotkey, terms.serverEmission[uid] ?? 0n);
    const dividends = terms.validatorEmission[uid] ?? 0n;
    if (dividends === 0n) return;
    AlphaDividendsPerSubnet.set(state, [netuid, hotkey], dividends);
    // Without a share to raise, the first one is the owner's.
    const staked = !isZero(TotalHotkeySharesV2.get(state, hotkey, netuid));
    if (staked) addToHotkey(state, hotkey, netuid, dividends);
    else payOwner(state, netuid, hotkey, dividends);
  });
  payOwner(state, netuid, SubnetOwnerHotkey.get(state, netuid), ownerCut);
}

function payOwner(state: State, netuid: number, hotkey: Hex, amount: bigint): void {
  const coldkey = Owner.get(state, hotkey);
  if (coldkey !== Owner.missing) addStake(state, { hotkey, coldkey, netuid }, amount);
}
