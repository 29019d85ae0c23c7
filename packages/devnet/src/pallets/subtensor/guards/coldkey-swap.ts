import type { Hex } from "@neurond/primitives";
import type { NestedCall, PalletError } from "../../../frame/dispatch.ts";
import { errors } from "../errors.ts";
import { SUBTENSOR } from "../pallet.ts";
import { ColdkeySwapAnnouncements, ColdkeySwapDisputes } from "../storage/limits.ts";
import type { GuardView } from "./check.ts";

/** announce_coldkey_swap, swap_coldkey_announced, dispute_…, clear_coldkey_swap_announcement. */
const SWAP_CALLS = [125, 126, 127, 133];
/** `MevShield.submit_encrypted`. */
const SHIELDED = { pallet: 30, call: 1 };

/** A coldkey that is about to be swapped may do nothing but go on with that. */
export function coldkeySwapRefusal(
  { state }: GuardView,
  account: Hex,
  { pallet, call }: NestedCall,
): PalletError | undefined {
  if (!ColdkeySwapAnnouncements.has(state, account)) return undefined;
  if (ColdkeySwapDisputes.has(state, account)) return errors.ColdkeySwapDisputed;
  const allowed =
    (pallet === SUBTENSOR.index && SWAP_CALLS.includes(call)) ||
    (pallet === SHIELDED.pallet && call === SHIELDED.call);
  return allowed ? undefined : errors.ColdkeySwapAnnounced;
}
