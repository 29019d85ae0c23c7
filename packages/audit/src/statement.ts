import type { Verify } from "@neurond/crypto";
import { isSignedBy, type Signer, signBody } from "@neurond/ledger";
import { type Hotkey, hotkeyOf, type Netuid } from "@neurond/primitives";
import type { RunAudit, Standing } from "./audit-run.ts";
import type { Snapshot } from "./facts.ts";
import type { WeightsState } from "./judge-weights.ts";

const DOMAIN = "neurond/audit/v1";

/** What an auditor says about a run: who did what was due, and what was due. */
export interface AuditStatement {
  readonly v: 1;
  readonly netuid: number;
  readonly run_id: string;
  readonly snapshot_block: number;
  readonly snapshot_block_hash: string;
  /** By family: the hash of what it was computed from, and whether enough stake was heard. */
  readonly families: readonly (readonly [
    string,
    { readonly view_root: string; readonly quorum: boolean },
  ])[];
  /** The vector every validator had to set, by hotkey, u16; null when it is not known. */
  readonly weights: readonly (readonly [string, number])[] | null;
  readonly validators: readonly {
    readonly hotkey: string;
    readonly standing: Standing;
    readonly weights: WeightsState;
    /** Hash of the scores counted, by family. */
    readonly reports: readonly (readonly [string, string])[];
    readonly findings: readonly string[];
  }[];
  readonly auditor: string | null;
  readonly signature: string | null;
}

/** Writes down an audit; signed when there is a key. */
export function stateAudit(
  audit: RunAudit,
  origin: { readonly netuid: Netuid; readonly snapshot: Snapshot; readonly auditor: Signer | null },
): AuditStatement {
  const { snapshot, auditor } = origin;
  const body = {
    v: 1 as const,
    netuid: origin.netuid,
    run_id: audit.runId,
    snapshot_block: snapshot.block,
    snapshot_block_hash: snapshot.blockHash,
    families: [...audit.agreement.families].map(
      ([family, { viewRoot, quorum }]) =>
        [family, { view_root: viewRoot, quorum: quorum.holds }] as const,
    ),
    weights: audit.agreement.weights,
    validators: [...audit.validators]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([hotkey, { standing, weights, reports }]) => ({
        hotkey,
        standing,
        weights,
        reports: [...reports],
        findings: codesAbout(audit, hotkey),
      })),
    auditor: auditor === null ? null : hotkeyOf(auditor.publicKey),
  };
  return auditor === null ? { ...body, signature: null } : signBody(DOMAIN, body, auditor);
}

/** Whether an auditor signed a statement. */
export function isStatementSigned(
  statement: AuditStatement,
  auditor: Hotkey,
  verify: Verify,
): boolean {
  const { signature } = statement;
  return (
    signature !== null &&
    statement.auditor === auditor &&
    isSignedBy(DOMAIN, { ...statement, signature }, auditor, verify)
  );
}

function codesAbout({ findings }: RunAudit, hotkey: Hotkey): readonly string[] {
  const own = findings.filter(({ validator }) => validator === hotkey);
  return [...new Set(own.map(({ code }) => code))].sort();
}
