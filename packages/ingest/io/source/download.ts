import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { moveWhole } from "@neurond/files";
import { type Fetched, ingestError } from "@neurond/ingest";
import { retry } from "@neurond/runtime";
import { type Asking, exchange, isPassing } from "./exchange.ts";
import { type PaceMaker, pieces } from "./pump.ts";

/** How often a request is repeated at once, and the pause before the second time. */
export interface Patience {
  readonly attempts: number;
  readonly firstDelayMs: number;
}

/**
 * Brings a file to disk and hashes it on its way. What breaks off goes on where it stopped, also in
 * another process; the file has its name only when it is whole and safe on disk.
 */
export async function download(
  asking: Asking & { readonly patience: Patience },
  url: URL,
  wanted: { readonly file: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<Fetched> {
  await mkdir(dirname(wanted.file), { recursive: true });
  return await retry(() => attempt(asking, url, wanted, signal), {
    ...asking.patience,
    signal,
    retryable: isPassing,
  });
}

async function attempt(
  asking: Asking,
  url: URL,
  { file, maxBytes }: { readonly file: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<Fetched> {
  const part = `${file}.part`;
  await using handle = await open(part, "a+");
  const { size: before } = await handle.stat();
  const range: Record<string, string> = before > 0 ? { range: `bytes=${before}-` } : {};
  const fetched = await exchange(
    asking,
    url,
    range,
    async (response, pace) => {
      const kept = await continued(handle, response, before);
      const hash = await hashOf(part, kept);
      return await append(handle, hash, { what: url.pathname, maxBytes, kept }, response, pace);
    },
    signal,
  );
  await moveWhole(part, file);
  return fetched;
}

/** How many bytes of what is here the answer goes on from; the rest is dropped. */
async function continued(handle: FileHandle, response: Response, before: number): Promise<number> {
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "") ?? [];
  if (response.status === 206 && Number(start) === before) return before;
  await handle.truncate(0);
  if (response.status === 200) return 0;
  throw ingestError("SOURCE_UNREACHABLE", "the rest of a file was refused; it is asked for whole");
}

async function append(
  handle: FileHandle,
  hash: Hash,
  at: { readonly what: string; readonly maxBytes: number; readonly kept: number },
  response: Response,
  pace: PaceMaker,
): Promise<Fetched> {
  let sizeBytes = at.kept;
  const limits = { maxBytes: at.maxBytes, before: at.kept };
  for await (const piece of pieces(at.what, response, limits, pace)) {
    hash.update(piece);
    await handle.appendFile(piece);
    sizeBytes += piece.length;
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}

async function hashOf(path: string, bytes: number): Promise<Hash> {
  const hash = createHash("sha256");
  if (bytes === 0) return hash;
  for await (const piece of createReadStream(path, { end: bytes - 1 })) hash.update(piece);
  return hash;
}
