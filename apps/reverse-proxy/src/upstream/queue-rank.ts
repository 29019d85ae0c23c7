import type { Rao } from "@neurond/primitives";

/** A place in a queue: the greater class goes first, in it the greater rank, then who came first. */
export interface Place {
  readonly priorityClass: number;
  readonly rank: number;
  readonly sequence: number;
}

/**
 * `ln(1 + stake) + waited / tau`, of which only what differs between two who wait is kept: both wait
 * on, so the order never changes and needs no sorting again. Scaled by tau, in millionths, an integer.
 * Of two in a class, the one with s times the stake can overtake for no longer than `tau * ln(s)`.
 */
export function queueRank(stakeRao: Rao, arrivedMs: number, ageingTauSec: number): number {
  const stake = Math.log1p(Number(stakeRao) / 1e9);
  return Math.round(stake * ageingTauSec * 1e6) - Math.floor(arrivedMs) * 1_000;
}

/** Negative when `a` goes before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  return b.priorityClass - a.priorityClass || b.rank - a.rank || a.sequence - b.sequence;
}
