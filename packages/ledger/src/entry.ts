import { RFC6962 } from "@neurond/crypto";
import { CodedError, canonicalJson } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { LedgerCode } from "./errors.ts";
import { Document, Observation } from "./observation.ts";

const Entry = z.discriminatedUnion("kind", [Observation, Document]);

/** What a log holds. */
export type LogEntry = Observation | Document;

/** Keeps a leaf from being read as a leaf of another kind of tree. */
const DOMAIN = "neurond/entry/v1\n";

/** The one text of an entry; `ENTRY_INVALID` when it is not what an entry must be. */
export function encodeEntry(entry: LogEntry): string {
  const parsed = Entry.safeParse(entry);
  if (parsed.success) return canonicalJson(entry);
  throw new CodedError<LedgerCode>("ENTRY_INVALID", "not a log entry: see the issues", {
    issues: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
  });
}

/** Reads an entry from outside; null unless it is valid and spelled canonically. */
export function decodeEntry(text: string): LogEntry | null {
  const parsed = Entry.safeParse(parseJson(text));
  return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : null;
}

/** The leaf of an entry's text in the log's tree. */
export function entryLeaf(text: string): Uint8Array {
  return RFC6962.leaf(utf8ToBytes(DOMAIN + text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
