import { isUtf8 } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { link, open, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { explained, warehouseError } from "./errors.ts";

/** A CSV export on disk. */
export interface CsvFile {
  readonly path: string;
  /** How the file is stored; the digest is always that of the CSV itself. */
  readonly compression?: "none" | "gzip" | "zstd";
  /** What the report commits to: 64 lower-case hex digits. Absent: nothing to compare with. */
  readonly sha256?: string;
  /** Of the CSV itself; 4 GiB unless given. */
  readonly maxBytes?: number;
}

/** A checked CSV export where the engine may read it. */
export interface StagedCsv extends AsyncDisposable {
  readonly path: string;
  /** Names of the columns in their order. */
  readonly header: readonly string[];
  /** How the file begins: up to 64 KiB of it. */
  readonly beginning: string;
  readonly digest: string;
  /** To be asked after reading: a link shares its bytes with whoever else can write them. */
  assertUnchanged(): Promise<void>;
}

const MAX_BYTES = 4 * 1024 ** 3;
const BEGINNING_BYTES = 65_536;
const MAX_HEADER_CHARS = 16_384;
const CHUNK_BYTES = 1 << 20;

/**
 * Brings an export into `directory`: a link where that is possible, else a copy, expanded. Its digest and
 * its encoding are checked here, so that the engine's parser never sees bytes nobody has committed to.
 */
export async function stageCsv(
  file: CsvFile,
  directory: string,
  signal?: AbortSignal,
): Promise<StagedCsv> {
  const path = join(directory, `${randomUUID()}.csv`);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(path, { force: true }));
  const gauge = new Gauge(file);
  try {
    await place(file, path, gauge, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw explained(error, "CSV_UNREADABLE", `${file.path} cannot be read`);
  }
  const digest = gauge.finish();
  const beginning = await readBeginning(path, file.path);
  const before = await identity(path);
  const owned = undo.move();
  return {
    path,
    header: headerOf(beginning, file.path),
    beginning,
    digest,
    async assertUnchanged() {
      if ((await identity(path)) === before) return;
      throw warehouseError("CSV_UNREADABLE", `${file.path} changed while it was read`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function place(
  file: CsvFile,
  path: string,
  gauge: Gauge,
  signal?: AbortSignal,
): Promise<void> {
  const { compression = "none" } = file;
  const reading = { highWaterMark: CHUNK_BYTES };
  const stopping = { ...(signal && { signal }) };
  if (compression === "none" && (await isLinked(file.path, path))) {
    await readThrough(path, gauge, signal);
    return;
  }
  await pipeline(
    createReadStream(file.path, reading),
    EXPANDERS[compression](),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        gauge.see(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, reading),
    stopping,
  );
}

/**
 * One buffer serves the whole file: a stream makes a new one per chunk, and the collector that runs for
 * them costs more than the hash does.
 */
async function readThrough(path: string, gauge: Gauge, signal?: AbortSignal): Promise<void> {
  await using handle = await open(path);
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(size, CHUNK_BYTES)));
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    gauge.see(buffer.subarray(0, bytesRead));
  }
}

const EXPANDERS = {
  none: () => new PassThrough(),
  gzip: () => createGunzip(),
  zstd: () => createZstdDecompress(),
} as const;

/** A hard link costs nothing; on another file system, or for a file of another user, there is none. */
async function isLinked(from: string, to: string): Promise<boolean> {
  const target = await realpath(from);
  return await link(target, to).then(
    () => true,
    () => false,
  );
}

async function identity(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}

/** What is to be known of a CSV from its bytes, in one pass. */
class Gauge {
  readonly #file: CsvFile;
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #rest = Buffer.alloc(0);

  constructor(file: CsvFile) {
    this.#file = file;
  }

  /** A small file can expand without end, so the size is looked at before anything else. */
  see(chunk: Buffer): void {
    const { path, maxBytes = MAX_BYTES } = this.#file;
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) {
      throw warehouseError("CSV_TOO_LARGE", `${path} holds more than ${maxBytes} bytes`);
    }
    this.#hash.update(chunk);
    this.#checkText(chunk);
  }

  /** The digest, when it is the committed one. */
  finish(): string {
    const { path, sha256 } = this.#file;
    const actual = this.#hash.digest("hex");
    if (sha256 !== undefined && sha256 !== actual) {
      const context = { expected: sha256, actual };
      throw warehouseError(
        "DIGEST_MISMATCH",
        `${path} has SHA-256 ${actual}, not ${sha256}`,
        context,
      );
    }
    if (!this.#isText || this.#rest.length > 0) {
      throw warehouseError("CSV_MALFORMED", `${path} is no UTF-8`);
    }
    return actual;
  }

  #isText = true;

  /** Up to three bytes at the end of a chunk may belong to a letter that goes on in the next. */
  #checkText(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = wholeLetters(bytes);
    this.#isText &&= isUtf8(bytes.subarray(0, end));
    this.#rest = Buffer.from(bytes.subarray(end));
  }
}

/** Where the last letter begins if it is cut off, else the end. */
function wholeLetters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue; // within a letter
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

async function readBeginning(path: string, name: string): Promise<string> {
  await using handle = await open(path).catch((error: unknown) => {
    throw explained(error, "CSV_UNREADABLE", `${name} cannot be opened`);
  });
  const { buffer, bytesRead } = await handle.read(
    Buffer.alloc(BEGINNING_BYTES),
    0,
    BEGINNING_BYTES,
    0,
  );
  return buffer.toString("utf8", 0, bytesRead).replace(/^\uFEFF/, "");
}

function headerOf(beginning: string, name: string): readonly string[] {
  const end = beginning.search(/[\r\n]/);
  const line = end < 0 ? beginning : beginning.slice(0, end);
  if (line.length === 0 || line.length > MAX_HEADER_CHARS) {
    throw warehouseError("CSV_MALFORMED", `${name} starts with no line of column names`);
  }
  return line.split(",").map((column) => column.trim().replace(/^"(.*)"$/, "$1"));
}
