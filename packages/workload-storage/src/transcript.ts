import { framedHash, u8, u64 } from "@neurond/crypto";
import { encodeParties, type Parties } from "./parties.ts";

/** Whether a signed answer came. */
export type Answered = 0 | 1;
/** 0 failed, 1 passed, 2 unknown. */
export type VerdictCode = 0 | 1 | 2;

/** Stands for the response hash where no signed answer came. */
export const NO_RESPONSE = new Uint8Array(32);

/** The link before the first challenge of a validator to a miner. */
export function firstLink(parties: Parties): Uint8Array {
  return framedHash("link0", encodeParties(parties));
}

/** The hash that binds an answer to its challenge. */
export function responseHash(challenge: Uint8Array, answer: Uint8Array): Uint8Array {
  return framedHash("response", challenge, answer);
}

/** One slot, as the chain of links sees it; `response` is null when no signed answer came. */
export interface SlotResult {
  readonly challenge: Uint8Array;
  readonly response: Uint8Array | null;
}

/**
 * The link after a slot. Signatures, clocks and verdicts are left out: a randomised signature could
 * be repeated until the next seed pleases.
 */
export function nextLink(link: Uint8Array, { challenge, response }: SlotResult): Uint8Array {
  const outcome: Answered = response === null ? 0 : 1;
  return framedHash("link", link, challenge, u8(outcome), response ?? NO_RESPONSE);
}

/** The link at the end of a run: its slots folded in order. Challenges of the next run start here. */
export function linkAfter(link: Uint8Array, slots: readonly SlotResult[]): Uint8Array {
  return slots.reduce(nextLink, link);
}

/** The 32 bytes a miner signs with an answer. */
export function answerDigest(challenge: Uint8Array, response: Uint8Array): Uint8Array {
  return framedHash("answer", challenge, response);
}

/** A validator's claim about one slot. */
export interface VerdictClaim {
  readonly challenge: Uint8Array;
  /** Null when no signed answer came. */
  readonly response: Uint8Array | null;
  readonly verdict: VerdictCode;
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** The 32 bytes a validator signs with a verdict. */
export function verdictDigest(claim: VerdictClaim): Uint8Array {
  const { challenge, response, verdict, sentMs, receivedMs } = claim;
  const outcome: Answered = response === null ? 0 : 1;
  return framedHash(
    "verdict",
    challenge,
    response ?? NO_RESPONSE,
    u8(outcome),
    u8(verdict),
    u64(sentMs),
    u64(receivedMs),
  );
}
