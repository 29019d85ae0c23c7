import type { Hex } from "@neurond/primitives";
import { ensure } from "../../frame/dispatch.ts";
import type { State, StateReader } from "../../state/state.ts";
import { errors } from "./errors.ts";
import { OwnedHotkeys, Owner, StakingHotkeys } from "./storage/stake.ts";

/** Whether the chain knows a hotkey: it has an owner. */
export const hotkeyExists = (state: StateReader, hotkey: Hex): boolean => Owner.has(state, hotkey);

export const owns = (state: StateReader, coldkey: Hex, hotkey: Hex): boolean =>
  Owner.get(state, hotkey) === coldkey;

/** Makes the coldkey the owner of a hotkey nobody owns yet. */
export function adoptHotkey(state: State, coldkey: Hex, hotkey: Hex): void {
  if (hotkeyExists(state, hotkey)) return;
  Owner.set(state, [hotkey], coldkey);
  OwnedHotkeys.update(state, [coldkey], (hotkeys) => including(hotkeys, hotkey));
  StakingHotkeys.update(state, [coldkey], (hotkeys) => including(hotkeys, hotkey));
}

/** The signer owns the hotkey, or nobody does. */
export function ensureOwnOrNew(state: StateReader, coldkey: Hex, hotkey: Hex): void {
  ensure(!hotkeyExists(state, hotkey) || owns(state, coldkey, hotkey), errors.NonAssociatedColdKey);
}

const including = (list: readonly Hex[], key: Hex): Hex[] =>
  list.includes(key) ? [...list] : [...list, key];
