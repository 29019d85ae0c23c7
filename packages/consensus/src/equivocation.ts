import type { Verify } from "@neurond/crypto";
import {
  commitmentOf,
  type FamilyId,
  isSignedBy,
  isSoundReport,
  parseScoresCommitment,
  readReportShape,
  type SignedReport,
  type Signer,
  scoresHash,
  signBody,
} from "@neurond/ledger";
import { type Hotkey, hotkeyOf, isCoded, type RunId, readHotkey } from "@neurond/primitives";
import { z } from "zod";
import { isSame } from "./commitments.ts";

const DOMAIN = "eirel/evidence/v1";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const Fact = z.strictObject({
  block: z.int().min(0).max(0xffff_ffff),
  block_hash: hash,
  extrinsic_index: z.int().min(0),
  extrinsic_hash: hash,
  payload: z.string().max(128),
});

/** A commitment and where it stands; whether it stands there only the chain can say. */
export type CommitmentFact = Readonly<z.infer<typeof Fact>>;

const Envelope = z.strictObject({
  kind: z.enum(["double_report", "report_vs_commitment", "double_commit"]),
  validator_hotkey: z.string(),
  run_id: z.string(),
  family_id: z.string(),
  a: z.unknown(),
  b: z.unknown(),
  observed_by: z.string(),
  observed_at: z.string().max(64),
  signature: z.string().max(256),
});

/** Two things one validator said about one run that cannot both be true. */
export type Contradiction =
  | { readonly kind: "double_report"; readonly a: SignedReport; readonly b: SignedReport }
  | { readonly kind: "report_vs_commitment"; readonly a: SignedReport; readonly b: CommitmentFact }
  | { readonly kind: "double_commit"; readonly a: CommitmentFact; readonly b: CommitmentFact };

/** A contradiction as it is published, signed by whoever saw it. */
export type Evidence = Contradiction & {
  readonly validator_hotkey: Hotkey;
  readonly run_id: RunId;
  readonly family_id: FamilyId;
  readonly observed_by: Hotkey;
  readonly observed_at: string;
  readonly signature: string;
};

/** Why evidence convicts nobody. */
export type EvidenceFault =
  | "EVIDENCE_MALFORMED"
  | "OBSERVER_SIGNATURE_INVALID"
  | "REPORT_UNSOUND"
  | "ANOTHER_SUBJECT"
  | "NO_CONTRADICTION";

/** Proven as far as the evidence goes: each fact must still be found on chain, signed by the accused. */
export type EvidenceVerdict =
  | { readonly proven: true; readonly facts: readonly CommitmentFact[] }
  | { readonly proven: false; readonly fault: EvidenceFault };

/** Signs what was seen. */
export function signEvidence(
  contradiction: Contradiction,
  about: { readonly validator: Hotkey; readonly runId: RunId; readonly familyId: FamilyId },
  observedMs: number,
  observer: Signer,
): Evidence {
  const body = {
    ...contradiction,
    validator_hotkey: about.validator,
    run_id: about.runId,
    family_id: about.familyId,
    observed_by: hotkeyOf(observer.publicKey),
    observed_at: new Date(observedMs).toISOString(),
  };
  return signBody(DOMAIN, body, observer);
}

/** Judges evidence from anybody by public keys alone. */
export function checkEvidence(value: unknown, verify: Verify): EvidenceVerdict {
  const parsed = Envelope.safeParse(value);
  if (!parsed.success) return unproven("EVIDENCE_MALFORMED");
  const evidence = parsed.data;
  const observer = readHotkey(evidence.observed_by);
  if (observer === null || readHotkey(evidence.validator_hotkey) === null) {
    return unproven("EVIDENCE_MALFORMED");
  }
  if (!isObserved(evidence, observer, verify)) return unproven("OBSERVER_SIGNATURE_INVALID");
  switch (evidence.kind) {
    case "double_report":
      return doubleReport(evidence, verify);
    case "report_vs_commitment":
      return reportAgainstCommitment(evidence, verify);
    case "double_commit":
      return doubleCommit(evidence);
  }
}

type Open = z.infer<typeof Envelope>;

function doubleReport(evidence: Open, verify: Verify): EvidenceVerdict {
  const [a, b] = [readReport(evidence.a), readReport(evidence.b)];
  if (a === null || b === null) return unproven("EVIDENCE_MALFORMED");
  if (!isAbout(a, evidence) || !isAbout(b, evidence)) return unproven("ANOTHER_SUBJECT");
  if (!isSoundReport(a, verify) || !isSoundReport(b, verify)) return unproven("REPORT_UNSOUND");
  return scoresHash(a) === scoresHash(b) ? unproven("NO_CONTRADICTION") : proven();
}

function reportAgainstCommitment(evidence: Open, verify: Verify): EvidenceVerdict {
  const [report, fact] = [readReport(evidence.a), readFact(evidence.b)];
  const commitment = fact && parseScoresCommitment(fact.payload);
  if (report === null || fact === null || !commitment) return unproven("EVIDENCE_MALFORMED");
  const isSubject = isAbout(report, evidence) && commitment.runId === evidence.run_id;
  if (!isSubject) return unproven("ANOTHER_SUBJECT");
  if (!isSoundReport(report, verify)) return unproven("REPORT_UNSOUND");
  const isKept = isSame(commitmentOf(report), commitment);
  return isKept ? unproven("NO_CONTRADICTION") : proven(fact);
}

function doubleCommit(evidence: Open): EvidenceVerdict {
  const [a, b] = [readFact(evidence.a), readFact(evidence.b)];
  const [first, second] = [a, b].map((fact) => fact && parseScoresCommitment(fact.payload));
  if (!a || !b || !first || !second) return unproven("EVIDENCE_MALFORMED");
  const isSubject = first.runId === evidence.run_id && second.runId === evidence.run_id;
  if (!isSubject) return unproven("ANOTHER_SUBJECT");
  const isTwice = a.extrinsic_hash !== b.extrinsic_hash && !isSame(first, second);
  return isTwice ? proven(a, b) : unproven("NO_CONTRADICTION");
}

function isAbout(report: SignedReport, { validator_hotkey, run_id, family_id }: Open): boolean {
  return (
    report.validator_hotkey === validator_hotkey &&
    report.run_id === run_id &&
    report.family_id === family_id
  );
}

function isObserved(evidence: Open, observer: Hotkey, verify: Verify): boolean {
  try {
    return isSignedBy(DOMAIN, evidence, observer, verify);
  } catch (error) {
    // What has no canonical form, such as a fraction inside, nobody can have signed.
    if (isCoded(error, "CANONICAL_INVALID")) return false;
    throw error;
  }
}

function readReport(value: unknown): SignedReport | null {
  const shape = readReportShape(JSON.stringify(value) ?? "");
  return shape.ok ? shape.report : null;
}

function readFact(value: unknown): CommitmentFact | null {
  const parsed = Fact.safeParse(value);
  return parsed.success ? parsed.data : null;
}

function proven(...facts: readonly CommitmentFact[]): EvidenceVerdict {
  return { proven: true, facts };
}

function unproven(fault: EvidenceFault): EvidenceVerdict {
  return { proven: false, fault };
}
