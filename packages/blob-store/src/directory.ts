import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { BlobRange, BlobStore, ListedBlob, Waiting } from "./blob-store.ts";
import { blobError } from "./errors.ts";
import { checkName, checkPrefix, isBlobName } from "./names.ts";

/** Where blobs are written before they get their names; a name never begins with a dot. */
const DRAFTS = ".drafts";
const STALE_MS = 24 * 3_600_000;

/** Keeps blobs as files of a directory, which is made when it is needed. */
export function directoryBlobs(directory: string): BlobStore {
  const pathOf = (name: string) => join(directory, checkName(name));
  let swept: Promise<void> | null = null;
  return {
    async put(name, source, { signal } = {}) {
      const path = pathOf(name);
      await guarded(name, signal, async () => {
        swept ??= sweep(join(directory, DRAFTS));
        await swept;
        await mkdir(dirname(path), { recursive: true });
        const bytes = typeof source === "string" ? createReadStream(source) : source;
        const draft = join(directory, DRAFTS, randomUUID());
        await writeWhole(path, until(bytes, signal), { draft });
      });
    },
    get: (name, { range, signal } = {}) => read(pathOf(name), name, range, signal),
    async getTo(name, path, { signal } = {}) {
      const from = pathOf(name);
      return await guarded(name, signal, async () => {
        if ((await sizeOf(from)) === null) return false;
        await writeWhole(path, until(createReadStream(from), signal));
        return true;
      });
    },
    async stat(name, { signal } = {}) {
      const path = pathOf(name);
      const size = await guarded(name, signal, () => sizeOf(path));
      return size === null ? null : { size };
    },
    list: (prefix, { after = "", signal } = {}) =>
      listed(directory, checkPrefix(prefix), after, signal),
    async remove(name, { signal } = {}) {
      const path = pathOf(name);
      await guarded(name, signal, () => rm(path, { force: true }));
    },
  };
}

async function* read(
  path: string,
  name: string,
  { from, to }: BlobRange = { from: 0 },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    signal?.throwIfAborted();
    await using handle = await open(path, "r");
    const { size } = await handle.stat();
    const end = Math.min(to ?? size, size);
    if (from >= end) return;
    const bytes = handle.createReadStream({ start: from, end: end - 1, autoClose: false });
    yield* until(bytes, signal);
  } catch (error) {
    if (isCode(error, "ENOENT")) throw blobError("BLOB_MISSING", `there is no blob ${name}`);
    throw explained(error, name, signal);
  }
}

/** Directories count with their slash, so that the order is that of whole names. */
async function* listed(
  directory: string,
  prefix: string,
  after: string,
  signal: AbortSignal | undefined,
  within = "",
): AsyncGenerator<ListedBlob> {
  signal?.throwIfAborted();
  const found = await readdir(join(directory, within), { withFileTypes: true }).catch((error) => {
    if (isCode(error, "ENOENT", "ENOTDIR")) return [];
    throw explained(error, within, signal);
  });
  const names = found
    .filter((one) => (one.isDirectory() || one.isFile()) && isBlobName(one.name))
    .map((one) => `${within}${one.name}${one.isDirectory() ? "/" : ""}`)
    .filter((name) => name.startsWith(prefix) || prefix.startsWith(name))
    .sort(byCharacters);
  for (const name of names) {
    if (name.endsWith("/")) {
      // Past a directory whose names all lie before.
      if (name > after || after.startsWith(name))
        yield* listed(directory, prefix, after, signal, name);
    } else if (name > after && name.startsWith(prefix)) {
      const size = await sizeOf(join(directory, name));
      if (size !== null) yield { name, size };
    }
  }
}

const byCharacters = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Drafts of processes that ended in the middle; those of living ones are younger. */
async function sweep(drafts: string): Promise<void> {
  await mkdir(drafts, { recursive: true });
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (modified < Date.now() - STALE_MS) await rm(path, { force: true });
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

async function* until(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

async function guarded<T>(
  name: string,
  signal: Waiting["signal"],
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    throw explained(error, name, signal);
  }
}

function explained(error: unknown, name: string, signal: Waiting["signal"]): unknown {
  if (error instanceof CodedError || signal?.aborted === true) return error;
  if (!(error instanceof Error && "code" in error)) return error;
  const code = isCode(error, "ENOSPC", "EDQUOT") ? "BLOB_STORE_FULL" : "BLOB_STORE_UNREACHABLE";
  return blobError(code, `the blob ${name} cannot be moved: ${error.message}`, {}, error);
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.some((code) => code === error.code);
