import {
  CodedError,
  fromHex,
  type Hex,
  type Hotkey,
  hotkeyOf,
  type RunId,
  toHex,
} from "@neurond/primitives";
import type { ScoresCommitment } from "./commitment.ts";
import type { LedgerCode } from "./errors.ts";
import type { FamilyId } from "./family.ts";
import type { HeadText } from "./proofs.ts";
import { familiesRoot, SALT_BYTES, type ScoreMap, saltedHash, scoresHash } from "./scores-hash.ts";
import { type Signer, signBody } from "./signed.ts";

/** The line before the canonical JSON that a validator signs. */
export const REPORT_DOMAIN = "eirel/report/v1";
/** What a score of 1 is. */
export const SCORES_SCALE = 1_000_000;
/** Scores in one report; a subnet has at most 256 neurons, some have had more. */
export const MAX_SCORES = 1024;

/**
 * What one validator says about one family in one run, spelled as on the wire. The optional members
 * are our own; plain peers leave them out.
 */
export interface ReportBody {
  readonly v: 1;
  readonly run_id: RunId;
  readonly family_id: FamilyId;
  readonly validator_hotkey: Hotkey;
  /** Millionths by hotkey. */
  readonly scores: ScoreMap;
  readonly scores_scale?: number;
  /** Settled tasks behind each score. */
  readonly task_counts?: Readonly<Record<string, number>>;
  readonly timestamp: string;
  /** The log that holds every observation behind the scores. */
  readonly checkpoint?: HeadText;
  /** SHA-256 of what the validator was configured to do; a difference explains a difference. */
  readonly config_hash?: string;
  /** SHA-256 of the signed list of miners that were asked. */
  readonly roster_hash?: string;
  /** Committed hashes of the run's other families, from which the v2 root follows. */
  readonly siblings?: Readonly<Record<string, string>>;
  /** 32 bytes that open the salted commitment; published with the report, never before. */
  readonly salt?: string;
}

/** A report with its validator's signature. */
export interface SignedReport extends ReportBody {
  readonly signature: string;
}

/** What a validator states about its own run. */
export interface ReportInput {
  readonly runId: RunId;
  readonly familyId: FamilyId;
  readonly scores: ReadonlyMap<Hotkey, number>;
  readonly taskCounts: ReadonlyMap<Hotkey, number>;
  readonly timeMs: number;
  readonly checkpoint: HeadText;
  readonly configHash: string;
  readonly rosterHash?: string;
  readonly siblings?: ReadonlyMap<FamilyId, string>;
  readonly salt: Uint8Array;
}

/** Signs the frozen scores of a run. */
export function signReport(input: ReportInput, signer: Signer): SignedReport & { signature: Hex } {
  if (input.scores.size > MAX_SCORES) {
    throw invalid(`${input.scores.size} scores are more than the ${MAX_SCORES} peers take`);
  }
  for (const [hotkey, score] of input.scores) {
    if (!Number.isInteger(score) || score < 0 || score > SCORES_SCALE) {
      throw invalid(`score ${score} of ${hotkey} is not in millionths`);
    }
  }
  if (input.salt.length !== SALT_BYTES) throw invalid(`a salt has ${SALT_BYTES} bytes`);
  const { rosterHash, siblings } = input;
  const body: ReportBody = {
    v: 1,
    run_id: input.runId,
    family_id: input.familyId,
    validator_hotkey: hotkeyOf(signer.publicKey),
    scores: Object.fromEntries(input.scores),
    scores_scale: SCORES_SCALE,
    task_counts: Object.fromEntries(input.taskCounts),
    timestamp: new Date(input.timeMs).toISOString(),
    checkpoint: { size: input.checkpoint.size, root: input.checkpoint.root },
    config_hash: input.configHash,
    ...(rosterHash === undefined ? {} : { roster_hash: rosterHash }),
    ...(siblings === undefined ? {} : { siblings: Object.fromEntries(siblings) }),
    salt: toHex(input.salt),
  };
  return signBody(REPORT_DOMAIN, body, signer);
}

/** The hash a report's family is committed with: salted when the report brings a salt. */
export function committedHash(report: ReportBody): string {
  const hash = scoresHash(report);
  if (report.salt === undefined) return hash;
  return saltedHash(hash, fromHex(report.salt), report.validator_hotkey);
}

/** The commitment that must stand on chain for a report; v2 when it names siblings. */
export function commitmentOf(report: ReportBody): ScoresCommitment {
  const hash = committedHash(report);
  const siblings = Object.entries(report.siblings ?? {}) as [FamilyId, string][];
  if (siblings.length === 0) return { version: 1, runId: report.run_id, hash };
  const hashes = new Map([...siblings, [report.family_id, hash] as const]);
  return { version: 2, runId: report.run_id, hash: familiesRoot(report.run_id, hashes) };
}

function invalid(reason: string): CodedError<LedgerCode> {
  return new CodedError("REPORT_INVALID", `no report: ${reason}`);
}
