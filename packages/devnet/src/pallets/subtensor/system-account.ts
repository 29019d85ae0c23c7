import { type Hex, toHex } from "@neurond/primitives";

const PREFIX = toHex(new TextEncoder().encode("modlsubtensr"));

/** The account that stands for a subnet: nobody has its key. */
export function subnetAccount(netuid: number): Hex {
  const low = toHex(Uint8Array.of(netuid & 0xff, netuid >> 8)).slice(2);
  return `${PREFIX}${low}`.padEnd(66, "0") as Hex;
}

/** Accounts that the pallet keeps for itself and that nobody may use as a hotkey. */
export const isSystemAccount = (account: Hex): boolean => account.startsWith(PREFIX);
