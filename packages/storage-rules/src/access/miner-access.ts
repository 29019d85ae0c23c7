import type { Hotkey, Rao } from "@neurond/primitives";

/** A neuron as the metagraph shows it; all that access rules look at. */
export interface Caller {
  readonly hotkey: Hotkey;
  /** Absent when it is not registered on the subnet. */
  readonly neuron?: { readonly validatorPermit: boolean; readonly totalStake: Rao } | undefined;
}

/** Whom a miner serves (`--miner.blacklist.*`, `--miner.priority.len_request_timestamps`). */
export interface MinerAccessRules {
  readonly blacklist: ReadonlySet<Hotkey>;
  readonly whitelist: ReadonlySet<Hotkey>;
  readonly forceValidatorPermit: boolean;
  readonly allowNonRegistered: boolean;
  readonly minimumStake: Rao;
  /** Requests of one caller within the window; the next one is refused. */
  readonly maxRequests: number;
  readonly windowMs: number;
}

/** The documented defaults: everybody registered is served, 50 requests in five minutes. */
export const MINER_ACCESS: MinerAccessRules = {
  blacklist: new Set(),
  whitelist: new Set(),
  forceValidatorPermit: false,
  allowNonRegistered: false,
  minimumStake: 0n as Rao,
  maxRequests: 50,
  windowMs: 5 * 60_000,
};

/** Why a caller is refused, with the HTTP status of it. */
export const MINER_REFUSALS = {
  BLACKLISTED: 403,
  NOT_REGISTERED: 403,
  NO_VALIDATOR_PERMIT: 403,
  STAKE_TOO_LOW: 403,
  TOO_MANY_REQUESTS: 429,
} as const;
export type MinerRefusal = keyof typeof MINER_REFUSALS;

/** What is decided about a request. */
export type MinerDecision =
  | {
      readonly kind: "allowed";
      /** Times of this caller's requests, to be kept for the next decision. */
      readonly times: readonly number[];
    }
  | { readonly kind: "refused"; readonly reason: MinerRefusal; readonly retryAfterMs?: number };

/**
 * Decides about one request; the first rule that speaks wins: blacklist, whitelist, registration,
 * permit, stake, frequency. Refused requests do not count, so that insisting does not shut out for ever.
 */
export function decideMinerAccess(
  caller: Caller,
  { times, nowMs }: { readonly times: readonly number[]; readonly nowMs: number },
  rules = MINER_ACCESS,
): MinerDecision {
  const { hotkey, neuron } = caller;
  if (rules.blacklist.has(hotkey)) return refused("BLACKLISTED");
  if (rules.whitelist.has(hotkey)) return { kind: "allowed", times: [] };
  if (neuron === undefined && !rules.allowNonRegistered) return refused("NOT_REGISTERED");
  if (rules.forceValidatorPermit && neuron?.validatorPermit !== true) {
    return refused("NO_VALIDATOR_PERMIT");
  }
  if ((neuron?.totalStake ?? 0n) < rules.minimumStake) return refused("STAKE_TOO_LOW");
  const recent = times.filter((time) => time > nowMs - rules.windowMs);
  if (recent.length < rules.maxRequests) return { kind: "allowed", times: [...recent, nowMs] };
  const oldest = recent[recent.length - rules.maxRequests] ?? nowMs;
  return { ...refused("TOO_MANY_REQUESTS"), retryAfterMs: oldest + rules.windowMs - nowMs };
}

function refused(reason: MinerRefusal): {
  readonly kind: "refused";
  readonly reason: MinerRefusal;
} {
  return { kind: "refused", reason };
}
