import type { Rao } from "@neurond/primitives";

/** Who comes first (`--miner.priority.*`). */
export interface PriorityRules {
  /** Of a caller that is not registered. */
  readonly fallback: Rao;
  /** Minutes of waiting after which a request counts twice its stake. */
  readonly doublingMinutes: number;
}

export const PRIORITY: PriorityRules = { fallback: 0n as Rao, doublingMinutes: 10 };

/**
 * Priority of a waiting request, higher first: stake · (1 + waited / doubling time), rounded down to
 * a rao. `stake` is undefined for a caller that is not registered.
 */
export function priorityOf(
  stake: Rao | undefined,
  waitedMs: number,
  { fallback, doublingMinutes } = PRIORITY,
): bigint {
  if (stake === undefined) return fallback;
  const doubling = BigInt(Math.round(doublingMinutes * 60_000));
  const waited = BigInt(Math.max(0, Math.floor(waitedMs)));
  return doubling === 0n ? stake : (stake * (doubling + waited)) / doubling;
}
