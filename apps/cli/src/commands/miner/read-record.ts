import { DEFAULT_LIMITS, getPublic, ValidatorClient } from "@neurond/audit/io";
import { type Document, decodeEntry, type Observation } from "@neurond/ledger";
import { CodedError } from "@neurond/primitives";
import type { StorageClientCode } from "@neurond/storage-client";
import { readStanding, STANDING, type Standing, TASK } from "@neurond/storage-rules";
import { DOCUMENT } from "@neurond/workload-storage";
import { z } from "zod";

const PAGE = 200;
const MAX_PAGE_BYTES = 67_108_864;
const Head = z.object({ size: z.int().min(0) });

/** The end of a validator's public log, as far as it says how its miners do. */
export interface PublicRecord {
  readonly client: ValidatorClient;
  /** Entries of the log, and how many of its last were read. */
  readonly size: number;
  readonly read: number;
  /** The latest standing, and the run it is of; null when none was found. */
  readonly standing: { readonly runId: string; readonly body: Standing } | null;
  /** Observations, records of jobs and inventories, oldest first; from the standing on where there is one. */
  readonly entries: readonly (Observation | Document)[];
}

/**
 * Reads a validator's log from its end back to the latest standing, or so many entries where it has
 * none. Everything is public: nobody has to be asked for permission, nor believed more than a log.
 */
export async function readRecord(
  url: URL,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<PublicRecord> {
  const client = new ValidatorClient(url.href, DEFAULT_LIMITS, signal);
  const size = await logSize(url, signal);
  const entries: (Observation | Document)[] = [];
  let standing: PublicRecord["standing"] = null;
  let from = size;
  while (from > (standing?.body.log ?? Math.max(0, size - most))) {
    const start = Math.max(standing?.body.log ?? 0, from - PAGE);
    const page = await client.entries(start, from, MAX_PAGE_BYTES);
    if ("reason" in page) throw unreadable(url, page.reason);
    for (const text of page.texts.toReversed()) {
      const entry = decodeEntry(text);
      if (entry === null) continue;
      if (entry.kind === "document" && entry.type === STANDING) standing ??= standingOf(entry);
      else if (isTold(entry)) entries.push(entry);
    }
    from = start;
  }
  return { client, size, read: size - from, standing, entries: entries.reverse() };
}

function standingOf({ run_id: runId, body }: Document): PublicRecord["standing"] {
  const read = readStanding(body);
  return read === null ? null : { runId, body: read };
}

function isTold(entry: Observation | Document): boolean {
  if (entry.kind === "observation") return entry.workload.startsWith("storage/");
  return entry.type === TASK || entry.type === DOCUMENT.inventory;
}

async function logSize(url: URL, signal: AbortSignal): Promise<number> {
  const target = new URL("/v1/log/checkpoint", url);
  const found = await getPublic(target, { limits: DEFAULT_LIMITS, maxBytes: 65_536, signal });
  if (!found.ok) throw unreadable(url, found.reason);
  try {
    return Head.parse(JSON.parse(new TextDecoder().decode(found.bytes))).size;
  } catch {
    throw unreadable(url, "ANSWER_MALFORMED");
  }
}

function unreadable(url: URL, reason: string): CodedError<StorageClientCode> {
  const code = reason === "ANSWER_MALFORMED" ? "VALIDATOR_MALFORMED" : "VALIDATOR_UNREACHABLE";
  const message = `the log of ${url.origin} cannot be read: ${reason}; check that it is a validator`;
  return new CodedError(code, message, { url: url.origin, reason });
}
