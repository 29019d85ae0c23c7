import { attachBodies, decodeEntry, isJson, type LogEntry } from "@neurond/ledger";
import { canonicalJson, fromHex, type Hex } from "@neurond/primitives";
import {
  readStatement,
  STATEMENT_RECORDS,
  type StatementKind,
  type StatementRecord,
  statementOfDocument,
  statementsOfProbe,
} from "@neurond/workload-storage";

const KINDS = Object.keys(STATEMENT_RECORDS) as StatementKind[];
/** Deeper than any file of ours; a walk must end. */
const MAX_DEPTH = 32;
const BODY = /^[0-9a-f]{64}$/;

type BodyOf = (hash: string) => Uint8Array | undefined;

/** What an entry of a log says that may be said once. */
export function statementsOfEntry(entry: LogEntry, bodyOf: BodyOf): readonly StatementRecord[] {
  if (entry.kind === "document") {
    const found = statementOfDocument(entry, entry);
    return found === null ? [] : [found];
  }
  const [asked, answered] = [entry.task, entry.evidence].map((part) => attachBodies(part, bodyOf));
  return asked?.ok && answered?.ok ? statementsOfProbe(asked.value, answered.value) : [];
}

/**
 * Every statement in a value, wherever it stands: statements themselves, entries of a log as text or
 * as objects, evidence of any finding with the bodies it brings. What is none of these is passed over.
 */
export function gatherStatements(value: unknown): readonly StatementRecord[] {
  const bodies = new Map<string, Uint8Array>();
  const entries: LogEntry[] = [];
  const found: StatementRecord[] = [];
  const walk = (part: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (typeof part === "string" && part.startsWith("{")) {
      const entry = decodeEntry(part);
      if (entry !== null) entries.push(entry);
      return;
    }
    if (typeof part !== "object" || part === null) return;
    const body = bodyIn(part);
    if (body !== null) bodies.set(...body);
    for (const kind of "signature" in part || "validator_signature" in part ? KINDS : []) {
      const statement = readStatement(kind, part);
      if (statement !== null) found.push(statement);
    }
    const entry = "kind" in part && isJson(part) ? decodeEntry(canonicalJson(part)) : null;
    if (entry !== null) entries.push(entry);
    else for (const member of Object.values(part)) walk(member, depth + 1);
  };
  walk(value, 0);
  for (const entry of entries) {
    found.push(...statementsOfEntry(entry, (hash) => bodies.get(hash)));
  }
  return found;
}

/** A body beside its hash, as evidence brings it. */
function bodyIn(part: object): readonly [string, Uint8Array] | null {
  if (!Array.isArray(part) || part.length !== 2) return null;
  const [hash, bytes] = part as readonly unknown[];
  if (typeof hash !== "string" || typeof bytes !== "string" || !BODY.test(hash)) return null;
  return /^0x(?:[0-9a-f]{2})*$/.test(bytes) ? [hash, fromHex(bytes as Hex)] : null;
}
