import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CodedError, type Hotkey, toHex } from "@neurond/primitives";
import {
  encryptedLength,
  type ManifestShard,
  NONCE_PREFIX_BYTES,
  type RsPlan,
} from "@neurond/workload-storage/file";
import type { StorageClientCode } from "./errors.ts";
import {
  type Intent,
  Journal,
  type Recovered,
  type Result,
  type Source,
  type UploadKeys,
} from "./journal.ts";
import type { Places } from "./network.ts";
import { READ_BYTES, readAhead } from "./read-ahead.ts";
import { type FilledSegment, recordAt, SegmentReader } from "./segment-reader.ts";

/** What an upload is made of. */
export interface UploadOptions {
  readonly source: string | AsyncIterable<Uint8Array>;
  readonly segmentBytes: number;
  readonly owner: Hotkey;
  readonly ownerKey: Uint8Array;
  readonly journal?: string;
  readonly rs?: RsPlan;
}

/**
 * An upload under way, or taken up again: its keys, its reader at the first segment that is not
 * stored, and what its journal knows.
 */
export class Upload implements AsyncDisposable {
  readonly fileId: Uint8Array;
  readonly keys: UploadKeys;
  readonly reader: SegmentReader;
  /** Bytes of the source; null for a stream. */
  readonly size: number | null;
  /** The plan that was decided on before; undefined for a new upload. */
  readonly rs: RsPlan | undefined;
  readonly storedBefore: readonly Result[];
  readonly intentsBefore: readonly Intent[];
  readonly #recovered: Recovered | null;
  readonly #begin: ((rs: RsPlan) => Promise<Journal>) | null;
  readonly #source: Source | null;
  #journal: Journal | null;

  constructor(parts: {
    readonly fileId: Uint8Array;
    readonly keys: UploadKeys;
    readonly reader: SegmentReader;
    readonly source: Source | null;
    readonly recovered: Recovered | null;
    readonly journal: Journal | null;
    readonly begin: ((rs: RsPlan) => Promise<Journal>) | null;
  }) {
    this.fileId = parts.fileId;
    this.keys = parts.keys;
    this.reader = parts.reader;
    this.size = parts.source?.size ?? null;
    this.rs = parts.recovered?.header.rs;
    this.storedBefore = storedFirst(parts.recovered);
    this.intentsBefore = this.storedBefore.flatMap(
      ({ segment }) => parts.recovered?.intents.get(segment) ?? [],
    );
    this.#recovered = parts.recovered;
    this.#source = parts.source;
    this.#journal = parts.journal;
    this.#begin = parts.begin;
  }

  /** Begins the journal of a new upload, now that its plan stands. */
  async decide(rs: RsPlan): Promise<void> {
    if (this.#begin !== null) this.#journal = await this.#begin(rs);
  }

  /** Where a segment goes: as an earlier attempt said, else as `place` says, which is written down first. */
  async intend(
    { index, plainBytes, plainSha256 }: FilledSegment,
    place: () => Promise<Places>,
  ): Promise<Intent> {
    const before = this.#recovered?.intents.get(index);
    if (before !== undefined) return before;
    const { miners, created, expires } = await place();
    const seen = { plainBytes, plainSha256: toHex(plainSha256) };
    const intent = { segment: index, miners: [...miners], created, expires, ...seen };
    await this.#journal?.intend(intent);
    return intent;
  }

  /** What an earlier attempt stored of a segment. */
  result(segment: number): readonly ManifestShard[] | undefined {
    return this.#recovered?.results.get(segment)?.stored;
  }

  /** Notes that a segment is stored. */
  async settle(
    segment: number,
    stored: readonly ManifestShard[],
  ): Promise<readonly ManifestShard[]> {
    await this.#journal?.settle({ segment, stored: [...stored] });
    return stored;
  }

  /** @throws CodedError SOURCE_CHANGED when the file is not what it was when reading began */
  async requireUnchanged(): Promise<void> {
    if (this.#source === null) return;
    const { size, mtimeMs } = await stat(this.#source.path);
    if (size !== this.#source.size || mtimeMs !== this.#source.mtimeMs) {
      throw changed(this.#source.path, "while it was read");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reader.close();
    await this.#journal?.[Symbol.asyncDispose]();
    this.keys.dataKey.fill(0);
    this.keys.sealSecret.fill(0);
  }
}

/**
 * Opens a source, and takes up the upload that its journal tells of.
 * @throws CodedError SOURCE_CHANGED, JOURNAL_INVALID, KEY_INVALID
 */
export async function openUpload(options: UploadOptions): Promise<Upload> {
  const { source: given, journal: path, ownerKey } = options;
  if (typeof given !== "string") return freshUpload(options, given, null, null);
  const { size, mtimeMs } = await stat(given);
  const source = { path: resolve(given), size, mtimeMs };
  const found = path === undefined ? null : await Journal.resume(path, ownerKey);
  if (found === null) {
    const begin = path === undefined ? null : beginAt(path, options, source);
    return freshUpload(options, readAhead(given), source, begin);
  }
  const { journal, recovered } = found;
  const { header } = recovered;
  try {
    requireSame(header.source, source, path ?? "");
    requireOptions(options, recovered, path ?? "");
    const first = storedFirst(recovered).length;
    const at = recordAt(first, header.segmentBytes);
    const digest = await hashPrefix(recovered, first, at.plainOffset, path ?? "");
    const rest = readAhead(given, at.plainOffset);
    const { dataKey: key, noncePrefix, sealSecret, fileId } = header;
    const reader = new SegmentReader({ key, fileId, noncePrefix }, rest, header.segmentBytes, {
      segment: first,
      digest,
    });
    const keys = { dataKey: key, sealSecret, noncePrefix };
    return new Upload({ fileId, keys, reader, source, recovered, journal, begin: null });
  } catch (error) {
    await journal[Symbol.asyncDispose]();
    throw error;
  }
}

type Begin = (upload: {
  readonly fileId: Uint8Array;
  readonly keys: UploadKeys;
}) => (rs: RsPlan) => Promise<Journal>;

function beginAt(path: string, options: UploadOptions, source: Source): Begin {
  const { segmentBytes, owner, ownerKey } = options;
  return ({ fileId, keys }) =>
    (rs) =>
      Journal.begin(
        path,
        { ...keys, fileId, source, rs, segmentBytes, owner },
        ownerKey,
        randomBytes(24),
      );
}

function freshUpload(
  { segmentBytes }: UploadOptions,
  bytes: AsyncIterable<Uint8Array>,
  source: Source | null,
  begin: Begin | null,
): Upload {
  const [fileId, key] = [randomBytes(32), randomBytes(32)];
  const keys = {
    dataKey: key,
    sealSecret: randomBytes(32),
    noncePrefix: randomBytes(NONCE_PREFIX_BYTES),
  };
  const { noncePrefix } = keys;
  const reader = new SegmentReader({ key, fileId, noncePrefix }, bytes, segmentBytes);
  const beginning = begin === null ? null : begin({ fileId, keys });
  return new Upload({
    fileId,
    keys,
    reader,
    source,
    recovered: null,
    journal: null,
    begin: beginning,
  });
}

/**
 * The stored segments at the beginning of the file: nothing of it has to be read for them. The last
 * segment is none of them, because the file's end, its length and its hash are read with it.
 */
function storedFirst(recovered: Recovered | null): readonly Result[] {
  if (recovered === null) return [];
  const { header, results } = recovered;
  const last = Math.ceil(encryptedLength(header.source.size) / header.segmentBytes) - 1;
  const first: Result[] = [];
  while (first.length < last) {
    const next = results.get(first.length);
    if (next === undefined) break;
    first.push(next);
  }
  return first;
}

/**
 * Hashes what was read before, and compares with what the journal says of it: a keystream that was
 * used for other bytes would give both away.
 */
async function hashPrefix(
  { header, intents }: Recovered,
  first: number,
  upTo: number,
  journal: string,
) {
  const due = [...intents.values()].filter(({ segment }) => segment + 1 >= first);
  const stops = new Set([upTo, ...due.map(({ plainBytes }) => plainBytes)]);
  const found = new Map<number, ReturnType<typeof createHash>>();
  const digest = createHash("sha256");
  let at = 0;
  for (const stop of [...stops].sort((a, b) => a - b)) {
    if (stop > at) {
      const range = { start: at, end: stop - 1, highWaterMark: READ_BYTES };
      for await (const chunk of createReadStream(header.source.path, range)) digest.update(chunk);
    }
    at = stop;
    found.set(stop, digest.copy());
  }
  for (const { plainBytes, plainSha256 } of due) {
    const is = toHex(found.get(plainBytes)?.copy().digest() ?? new Uint8Array());
    if (is !== plainSha256) throw changed(header.source.path, "since", journal);
  }
  return found.get(upTo) ?? digest;
}

function requireSame(before: Source, now: Source, journal: string): void {
  const isSame =
    before.path === now.path && before.size === now.size && before.mtimeMs === now.mtimeMs;
  if (!isSame) throw changed(now.path, "since its upload was interrupted", journal);
}

function requireOptions(
  { segmentBytes, owner, rs }: UploadOptions,
  { header }: Recovered,
  journal: string,
): void {
  const isSame =
    header.segmentBytes === segmentBytes &&
    header.owner === owner &&
    (rs === undefined || rs.join() === header.rs.join());
  if (isSame) return;
  throw new CodedError<StorageClientCode>(
    "JOURNAL_INVALID",
    `${journal} is of an upload with another owner or plan: give the same options, or remove it`,
    { journal },
  );
}

function changed(path: string, when: string, journal?: string): CodedError<StorageClientCode> {
  const remedy = journal === undefined ? "upload it again" : `remove ${journal} to upload it anew`;
  return new CodedError("SOURCE_CHANGED", `${path} changed ${when}: ${remedy}`, { path, journal });
}
