import type { EntryProblem } from "@neurond/exports";

const MINUTE_MS = 60_000;

/** How often something is tried, and the pause before the second time; it doubles up to six hours. */
export interface RetryRule {
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** What the entry is called once it is put aside. */
  readonly verdict: Verdict;
}

/** What is said of an entry in the end. */
export type Verdict =
  | "PENDING"
  | "VERIFIED"
  | "MISMATCH"
  | "MISSING"
  | "UNVERIFIABLE"
  | "RPC_ERROR"
  /** It never could be fetched. */
  | "UNREACHABLE"
  /** What it holds cannot be used. */
  | "QUARANTINED"
  /** Its line of the listing contradicts itself, and was not followed. */
  | "REFUSED";

/**
 * Why an entry does not go on, and what is done about it. What an attacker or a bug of the publisher put
 * into committed bytes is not tried again; what a network or a disk did is.
 */
export const PROBLEMS = {
  FETCH_FAILED: { attempts: 12, firstDelayMs: MINUTE_MS, verdict: "UNREACHABLE" },
  FILE_MISSING: { attempts: 8, firstDelayMs: MINUTE_MS, verdict: "UNREACHABLE" },
  TOO_SLOW: { attempts: 4, firstDelayMs: MINUTE_MS, verdict: "UNREACHABLE" },
  TOO_LARGE: { attempts: 1, firstDelayMs: 0, verdict: "QUARANTINED" },
  REPORT_INVALID: { attempts: 1, firstDelayMs: 0, verdict: "QUARANTINED" },
  /** The slice that the report states is not the one that the listing states. */
  SLICE_WRONG: { attempts: 1, firstDelayMs: 0, verdict: "QUARANTINED" },
  CSV_INVALID: { attempts: 1, firstDelayMs: 0, verdict: "QUARANTINED" },
  /** Downloaded twice, to rule out the way here. */
  CSV_MISMATCH: { attempts: 2, firstDelayMs: 0, verdict: "MISMATCH" },
  DIGEST_MISMATCH: { attempts: 2, firstDelayMs: 0, verdict: "MISMATCH" },
  COMMITMENT_MISSING: { attempts: 3, firstDelayMs: MINUTE_MS, verdict: "MISSING" },
  UNVERIFIABLE: { attempts: 3, firstDelayMs: 60 * MINUTE_MS, verdict: "UNVERIFIABLE" },
  CHAIN_UNREACHABLE: { attempts: 24, firstDelayMs: MINUTE_MS, verdict: "RPC_ERROR" },
  NOT_FINAL: { attempts: 60, firstDelayMs: 12_000, verdict: "MISSING" },
  DISK_FULL: { attempts: 1_000, firstDelayMs: MINUTE_MS, verdict: "UNREACHABLE" },
} as const satisfies Record<string, RetryRule>;

/** Why an entry does not go on. */
export type Problem = keyof typeof PROBLEMS;

/** Why a line of a listing is not followed at all. */
export type Refusal = EntryProblem;

const LONGEST_MS = 6 * 60 * MINUTE_MS;

/** Whether there will be another look: a daemon tries again later, a single look only at once. */
export type Retries = "later" | "at_once";

/** When an entry is tried again that has failed so often; null when it is put aside. */
export function nextTry(
  problem: Problem,
  failures: number,
  nowMs: number,
  retries: Retries = "later",
): number | null {
  const { attempts, firstDelayMs } = PROBLEMS[problem];
  if (failures >= attempts || (retries === "at_once" && firstDelayMs > 0)) return null;
  return nowMs + Math.min(firstDelayMs * 2 ** (failures - 1), LONGEST_MS);
}
