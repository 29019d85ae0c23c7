import { isJson, isSignedBy, type Signer, signBody } from "@neurond/ledger";
import {
  canonicalJson,
  domainHash,
  type Hotkey,
  hotkeyOf,
  isCoded,
  type Netuid,
  parseHotkey,
  type RunId,
  toHex,
  toNetuid,
  toRunId,
} from "@neurond/primitives";
import { z } from "zod";
import {
  type Accused,
  type EvidenceFault,
  type Judge,
  malformed,
  type Verdict,
} from "./claims/claim.ts";
import { CHECKS } from "./claims/index.ts";
import { FINDINGS, type Finding, type FindingCode } from "./finding.ts";

const DOMAIN = "neurond/finding/v1";
const CODES = Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]];

const EvidenceShape = z.strictObject({
  v: z.literal(1),
  code: z.enum(CODES),
  severity: z.enum(["info", "warning", "critical"]),
  netuid: z.int().min(0).max(4095),
  run_id: z.string().max(47),
  validator: z.string().max(64),
  miner: z.string().max(64).nullable(),
  summary: z.string().max(1024),
  found_at: z.string().max(40),
  claim: z.unknown(),
  /** Who found it; null when nobody signs for it. */
  auditor: z.string().max(64).nullable(),
  /** SHA-256 over everything but itself and the signature. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().max(256).nullable(),
});

/** A finding as it is written to a file: whoever has it needs nothing else but the chain. */
export type Evidence = Readonly<z.infer<typeof EvidenceShape>>;

/** Writes a finding down; signed when there is a key. */
export function sealEvidence(
  finding: Finding,
  origin: { readonly netuid: Netuid; readonly foundMs: number; readonly auditor: Signer | null },
): Evidence {
  const { code, severity, runId, validator, miner, summary, claim } = finding;
  const { auditor } = origin;
  const body = {
    v: 1 as const,
    code,
    severity,
    netuid: origin.netuid,
    run_id: runId,
    validator,
    miner,
    summary,
    found_at: new Date(origin.foundMs).toISOString(),
    claim,
    auditor: auditor === null ? null : hotkeyOf(auditor.publicKey),
  };
  const whole = { ...body, digest: digestOf(body) };
  return auditor === null ? { ...whole, signature: null } : signBody(DOMAIN, whole, auditor);
}

/** Names a finding: the same one found again, or by somebody else, has the same name. */
export function evidenceName({ code, run_id, validator, miner }: Evidence): string {
  const id = toHex(
    domainHash("neurond/finding-id/v1", canonicalJson([code, run_id, validator, miner])),
  );
  return `${run_id}-${code}-${id.slice(2, 14)}`;
}

/**
 * Checks an evidence file by itself: digest, the auditor's signature, then the claim with the code
 * that made it. Nothing in it makes this throw.
 */
export async function checkEvidence(value: unknown, judge: Judge): Promise<Verdict> {
  const parsed = EvidenceShape.safeParse(value);
  if (!parsed.success || !isJson(value)) return malformed("not an evidence file");
  const evidence = parsed.data;
  const { digest, signature, ...body } = evidence;
  if (digestOf(body) !== digest) return refused("DIGEST_MISMATCH", "the file was changed");
  const accused = accusedOf(evidence);
  if (accused === null) return malformed("names no hotkey, run or subnet");
  if (!isSealed(evidence, signature, judge)) {
    return refused("AUDITOR_SIGNATURE_INVALID", "the auditor did not sign this");
  }
  return CHECKS[evidence.code](evidence.claim, accused, judge);
}

function accusedOf({ netuid, run_id, validator, miner }: Evidence): Accused | null {
  try {
    return {
      netuid: toNetuid(netuid),
      runId: toRunId(run_id) as RunId,
      validator: parseHotkey(validator),
      miner: miner === null ? null : parseHotkey(miner),
    };
  } catch (error) {
    if (isCoded(error)) return null;
    throw error;
  }
}

function isSealed(evidence: Evidence, signature: string | null, { verify }: Judge): boolean {
  const { auditor } = evidence;
  if (auditor === null || signature === null) return auditor === null && signature === null;
  try {
    return isSignedBy(DOMAIN, { ...evidence, signature }, parseHotkey(auditor) as Hotkey, verify);
  } catch (error) {
    if (isCoded(error)) return false;
    throw error;
  }
}

function digestOf(body: object): string {
  return toHex(domainHash(DOMAIN, canonicalJson(body))).slice(2);
}

function refused(fault: EvidenceFault, reason: string): Verdict {
  return { kind: "refused", fault, reason };
}
