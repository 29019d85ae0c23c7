import type { Json } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";

/** Every kind of finding, with how bad it is and whether the evidence alone convicts. */
export const FINDINGS = {
  /** A signed report whose scores do not follow from the validator's own record. */
  REPORT_FORGED: { severity: "critical", proof: "convicts" },
  /** No sound report of an eligible validator could be had from anybody. */
  REPORT_MISSING: { severity: "warning", proof: "asserted" },
  /** A signed report that is not the one committed to on chain. */
  REPORT_VS_COMMITMENT: { severity: "critical", proof: "convicts" },
  /** The scores were committed to after others could have revealed theirs. */
  COMMITMENT_LATE: { severity: "warning", proof: "convicts" },
  /** Two heads of one log that cannot both be true. */
  LOG_FORKED: { severity: "critical", proof: "convicts" },
  /** The log that a validator anchored was not served. */
  LOG_UNAVAILABLE: { severity: "warning", proof: "asserted" },
  /** A body that the record names by hash was not served. */
  BODY_MISSING: { severity: "warning", proof: "asserted" },
  /** A recorded verdict that the recorded evidence does not bear out. */
  VERDICT_FORGED: { severity: "critical", proof: "convicts" },
  /** Tasks that were not fixed before the beacon: the validator could choose among them. */
  PLAN_UNANCHORED: { severity: "critical", proof: "convicts" },
  /** A planned task without a record. */
  RECORD_INCOMPLETE: { severity: "warning", proof: "convicts" },
  /** Weights on chain that are not those the reports come to. */
  WEIGHTS_MISMATCH: { severity: "critical", proof: "convicts" },
  /** No weights were set for the run. */
  WEIGHTS_MISSING: { severity: "warning", proof: "asserted" },
  /** One key said two things where it may say one. */
  EQUIVOCATION: { severity: "critical", proof: "convicts" },
  /** The validator signed that a sweep passed; with the revealed secret it does not. */
  FORGED_ACCEPT: { severity: "critical", proof: "convicts" },
  /** The validator signed that a sweep failed; with the revealed secret it passes. */
  FORGED_REJECT: { severity: "critical", proof: "convicts" },
  /** Tags that a validator handed out are not those of the shard: it could frame the miner. */
  BAD_TAG: { severity: "critical", proof: "convicts" },
  /** A revealed secret is not the one that was committed to. */
  KEY_WRONG: { severity: "critical", proof: "convicts" },
  /** A period's secret was not revealed in time: nobody can judge its sweeps. */
  KEY_WITHHELD: { severity: "critical", proof: "asserted" },
  /** What a validator locked until a period's secret was due does not hold that secret. */
  TIMELOCK_FALSE: { severity: "critical", proof: "convicts" },
  /** An answer reached the chain only when the secret was out, so anybody could have made it. */
  ANSWER_LATE: { severity: "warning", proof: "asserted" },
  /** A sweep asked for other shards than logged grants cover. */
  GRANT_MISSTATED: { severity: "warning", proof: "asserted" },
  /** An inventory lists a shard that no receipt in the log backs. */
  RECEIPT_MISSING: { severity: "warning", proof: "asserted" },
  /** An inventory leaves a shard out that both sides signed for: a loss may be hidden. */
  INVENTORY_OMITS: { severity: "warning", proof: "asserted" },
  /** A validator signed two things of a kind where it may sign one: plans, inventories, verdicts. */
  STORAGE_EQUIVOCATION: { severity: "critical", proof: "convicts" },
  /** A miner signed two answers to one challenge. */
  ANSWER_EQUIVOCATION: { severity: "critical", proof: "convicts" },
  /** A token was asked that is not after the last one: a miner knew what would be asked. */
  TOKEN_REUSED: { severity: "critical", proof: "convicts" },
  /** A token was asked though one before it never was. */
  TOKEN_SKIPPED: { severity: "warning", proof: "asserted" },
  /** A validator calls miners offline far more often than others do. */
  OFFLINE_RATE_DIFFERS: { severity: "warning", proof: "asserted" },
} as const satisfies Record<string, { severity: Severity; proof: "convicts" | "asserted" }>;

export type FindingCode = keyof typeof FINDINGS;
export type Severity = "info" | "warning" | "critical";

/** Something wrong with what a validator did in a run, and what shows it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly runId: RunId;
  readonly validator: Hotkey;
  readonly miner: Hotkey | null;
  /** One line for people. */
  readonly summary: string;
  /** What the code's check takes; complete in itself. */
  readonly claim: Json;
}
