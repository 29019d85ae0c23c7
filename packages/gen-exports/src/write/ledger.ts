import {
  entryId,
  formatIsoTime,
  MICROS_PER_SECOND,
  type Micros,
  type RecordedCommitment,
  type ReportField,
} from "@neurond/exports";
import { toHex } from "@neurond/primitives";
import type { Fault } from "../faults.ts";

/** What an auditor is expected to find of an entry. */
export type Verdict =
  | "VERIFIED"
  | "MISMATCH"
  | "MISSING"
  | "UNVERIFIABLE"
  | "REFUSED"
  | "QUARANTINED";

/** A line of the listing, as the API answers it. */
export interface ListedEntry {
  readonly entry_id: string;
  readonly hotkey: string;
  readonly block: number;
  readonly path: string;
  readonly created_at: string;
  readonly start_time: string;
  readonly end_time: string;
}

/** A commitment as it is sent to a chain. */
export interface Submission {
  readonly block: number;
  /** Of the key: `validator` or `miner/<index>`. */
  readonly signer: string;
  readonly fields: readonly { readonly kind: "sha-256" | "raw"; readonly hex: string }[];
}

/** What was published of one slice. */
export interface Publication {
  readonly reporter: "validator" | "miner";
  readonly signer: string;
  readonly hotkey: string;
  /** Block that the listing names. */
  readonly block: number;
  readonly path: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly fields: readonly ReportField[];
  readonly fault: Fault | null;
  readonly verdict: Verdict;
}

/** An entry's verdict, as the truth has it. */
export interface EntryTruth {
  readonly entry_id: string;
  readonly reporter: "validator" | "miner";
  readonly hotkey: string;
  readonly start_time: string;
  readonly verdict: Verdict;
  readonly fault: Fault | null;
}

/** A reorganised commitment stands so many blocks later than the listing says. */
const REORG_SHIFT = 3;
const LISTED_AFTER = 4 * MICROS_PER_SECOND;

/** Collects what goes into the listing, onto the chain and into the truth. */
export class Ledger {
  readonly entries: ListedEntry[] = [];
  readonly submissions: Submission[] = [];
  readonly records: RecordedCommitment[] = [];
  readonly truths: EntryTruth[] = [];

  publish(publication: Publication, timeOf: (block: number) => Micros): void {
    const { hotkey, block, path, start, end, fault, verdict, reporter } = publication;
    if (fault !== "missing-commitment" && fault !== "path-traversal") this.#commit(publication);
    // It was published and committed to, and is listed no more.
    if (fault === "removed-hour") return;
    const entry: ListedEntry = {
      entry_id: entryId(hotkey, block),
      hotkey,
      block,
      path,
      created_at: formatIsoTime(timeOf(block) + LISTED_AFTER),
      start_time: formatIsoTime(start),
      end_time: formatIsoTime(end),
    };
    this.entries.push(entry);
    if (fault === "duplicate-entry") this.entries.push(entry);
    this.truths.push({
      entry_id: entry.entry_id,
      reporter,
      hotkey,
      start_time: entry.start_time,
      verdict,
      fault,
    });
  }

  #commit({ hotkey, signer, fields, fault, block: listed }: Publication): void {
    const block = fault === "reorged-block" ? listed + REORG_SHIFT : listed;
    const sent = fields.map((field) => ({
      kind: field.kind,
      hex: toHex(field.kind === "raw" ? field.bytes : field.hash),
    }));
    this.submissions.push({ block, signer, fields: sent });
    const isGone = fault === "pruned-state" || fault === "pruned-body";
    this.records.push({
      block,
      hotkey,
      body: fault === "pruned-body" ? null : { fields: sent.map(plainField) },
      storage: isGone
        ? null
        : { deposit: 0, block, info: { fields: sent.map((field) => delivered(field, fault)) } },
      storage_error: isGone ? "State already discarded" : null,
    });
  }
}

const plainField = ({ kind, hex }: Submission["fields"][number]): unknown =>
  kind === "sha-256" ? { Sha256: hex } : { [`Raw${(hex.length - 2) / 2}`]: hex };

/** The digest in the spelling of one library or another. */
function delivered(field: Submission["fields"][number], fault: Fault | null): unknown {
  if (field.kind !== "sha-256") return plainField(field);
  const bytes = [...Buffer.from(field.hex.slice(2), "hex")];
  if (fault === "digest-array") return { Sha256: bytes };
  if (fault === "digest-tuple") return [{ Sha256: [bytes] }];
  return { Sha256: field.hex };
}
