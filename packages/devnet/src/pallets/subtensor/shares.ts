import type { Hex } from "@neurond/primitives";
import type { State, StateReader } from "../../state/state.ts";
import { add, isZero, safeFloat, scale, shareOf, subtract } from "./safe-float.ts";
import { AlphaV2, StakingHotkeys, TotalHotkeyAlpha, TotalHotkeySharesV2 } from "./storage/stake.ts";
import type { SafeFloat } from "./types.ts";

/** Whose stake: the coldkey that owns it, the hotkey it stands behind, the subnet (0 is root). */
export interface Position {
  readonly hotkey: Hex;
  readonly coldkey: Hex;
  readonly netuid: number;
}

/** Alpha (TAO on root) of one position, in rao. */
export function stakeOf(state: StateReader, { hotkey, coldkey, netuid }: Position): bigint {
  const share = AlphaV2.get(state, hotkey, coldkey, netuid);
  if (isZero(share)) return 0n;
  const whole = TotalHotkeySharesV2.get(state, hotkey, netuid);
  return shareOf(TotalHotkeyAlpha.get(state, hotkey, netuid), share, whole);
}

/** Alpha behind a hotkey, whoever owns it. */
export const hotkeyStake = (state: StateReader, hotkey: Hex, netuid: number): bigint =>
  TotalHotkeyAlpha.get(state, hotkey, netuid);

/** Adds alpha to one position: it gets new shares at the present worth of a share. */
export function addStake(state: State, position: Position, amount: bigint): void {
  if (amount <= 0n) return;
  const { hotkey, coldkey, netuid } = position;
  writeShares(state, position, amount, add);
  TotalHotkeyAlpha.update(state, [hotkey, netuid], (alpha) => alpha + amount);
  StakingHotkeys.update(state, [coldkey], (hotkeys) =>
    hotkeys.includes(hotkey) ? hotkeys : [...hotkeys, hotkey],
  );
}

/** Takes alpha out of one position; the caller has checked that it is there. */
export function removeStake(state: State, position: Position, amount: bigint): void {
  if (amount <= 0n) return;
  const { hotkey, netuid } = position;
  if (amount >= stakeOf(state, position)) removeShares(state, position);
  else writeShares(state, position, amount, subtract);
  const rest = TotalHotkeyAlpha.get(state, hotkey, netuid) - amount;
  if (rest > 0n) TotalHotkeyAlpha.set(state, [hotkey, netuid], rest);
  else TotalHotkeyAlpha.remove(state, hotkey, netuid);
}

/** Raises what every share of a hotkey is worth: how emission reaches its stakers. */
export function addToHotkey(state: State, hotkey: Hex, netuid: number, amount: bigint): void {
  if (amount <= 0n) return;
  TotalHotkeyAlpha.update(state, [hotkey, netuid], (alpha) => alpha + amount);
}

/** Everything staked to a hotkey on a subnet, by coldkey. */
export function* stakersOf(
  state: StateReader,
  hotkey: Hex,
  netuid: number,
): Generator<Position & { readonly amount: bigint }> {
  for (const [[, coldkey, on]] of AlphaV2.entries(state, hotkey)) {
    if (on !== netuid) continue;
    const position = { hotkey, coldkey, netuid };
    yield { ...position, amount: stakeOf(state, position) };
  }
}

function writeShares(
  state: State,
  { hotkey, coldkey, netuid }: Position,
  amount: bigint,
  change: (shares: SafeFloat, by: SafeFloat) => SafeFloat,
): void {
  const whole = TotalHotkeySharesV2.get(state, hotkey, netuid);
  const alpha = TotalHotkeyAlpha.get(state, hotkey, netuid);
  const shares = isZero(whole) ? safeFloat(amount) : scale(whole, amount, alpha);
  TotalHotkeySharesV2.set(state, [hotkey, netuid], change(whole, shares));
  AlphaV2.update(state, [hotkey, coldkey, netuid], (own) => change(own, shares));
}

function removeShares(state: State, { hotkey, coldkey, netuid }: Position): void {
  const own = AlphaV2.get(state, hotkey, coldkey, netuid);
  const rest = subtract(TotalHotkeySharesV2.get(state, hotkey, netuid), own);
  AlphaV2.remove(state, hotkey, coldkey, netuid);
  if (isZero(rest)) TotalHotkeySharesV2.remove(state, hotkey, netuid);
  else TotalHotkeySharesV2.set(state, [hotkey, netuid], rest);
}
