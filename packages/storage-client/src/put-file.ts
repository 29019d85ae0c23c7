import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { CodedError, type Hotkey, toHex } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import {
  boxSecrets,
  encryptedLength,
  fittingPlan,
  type Manifest,
  type ManifestShard,
  planOfSize,
  type RsPlan,
  requireListable,
  SEGMENT_BYTES,
  shardBytes,
  signManifest,
} from "@neurond/workload-storage/file";
import { LEAF_BYTES } from "@neurond/workload-storage/format";
import type { Intent } from "./journal.ts";
import { KeptThreads } from "./kept-threads.ts";
import type { StorageNetwork } from "./network.ts";
import { Passed } from "./passed.ts";
import { Meter, type Progress } from "./progress.ts";
import { type PutContext, putSegment } from "./put-segment.ts";
import type { FilledSegment } from "./segment-reader.ts";
import { Slab } from "./slab.ts";
import { Slots } from "./slots.ts";
import { openUpload, type Upload } from "./upload.ts";
import { INLINE, type ShardWorkers } from "./work-pool.ts";

export interface PutOptions {
  /** A file's path, or bytes as they come. Only a path can be resumed. */
  readonly source: string | AsyncIterable<Uint8Array>;
  /** What the owner will see the file named. */
  readonly name: string;
  readonly network: StorageNetwork;
  readonly owner: Hotkey;
  /** See `ownerKey`. */
  readonly ownerKey: Uint8Array;
  /** Signs with the owner's key. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  /** By size, and no more shards than miners serve, unless given. */
  readonly rs?: RsPlan;
  readonly segmentBytes?: number;
  /** Shards of each segment that must be stored at once, from k to n; all of them unless given. */
  readonly minShards?: number;
  /** Who gets the seal secret from the owner, to repair; named in the manifest. */
  readonly custodian?: Hotkey;
  /** For how many blocks it is wanted; as long as miners promise unless given. */
  readonly ttlBlocks?: number;
  /** File that remembers how far the upload is; when it is there, the upload goes on from it. */
  readonly journal?: string;
  /** Threads that hash and seal; as many as cores unless given. 0: none beside the caller's. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A file that is stored, its manifest not yet kept by anybody else. */
export interface StoredFile {
  readonly manifest: Manifest;
  /** Bytes before encryption. */
  readonly size: number;
  /** Shards that no miner took: the file is whole without them, but they want repair. */
  readonly missing: readonly { readonly segment: number; readonly index: number }[];
  /** Segments that an earlier, interrupted upload had stored. */
  readonly resumedSegments: number;
}

/** Below this many bytes a thread takes longer to start than to be of use. */
const INLINE_BELOW = 2_097_152;
/**
 * Encrypts a source segment by segment, codes and seals it, and hands its shards to miners. Memory
 * stays constant: one segment and a few shards. With a journal it can be killed at any moment and
 * goes on where it was; the caller removes the journal with `forgetUpload` once the manifest is kept.
 * @throws CodedError SHARDS_UNPLACED, SOURCE_CHANGED, JOURNAL_INVALID, KEY_INVALID, PLAN_INVALID; what
 * the network throws
 */
export async function putFile(options: PutOptions): Promise<StoredFile> {
  const { signal: given, threads = availableParallelism() } = options;
  const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  await using resources = new AsyncDisposableStack();
  const upload = resources.use(await openUpload({ ...options, segmentBytes }));
  const ended = new AbortController();
  const signal = given ? AbortSignal.any([given, ended.signal]) : ended.signal;
  const encryptedBytes = upload.size === null ? null : encryptedLength(upload.size);
  const room = Math.min(segmentBytes, encryptedBytes ?? segmentBytes) + 255;
  const { bytes: slab } = resources.use(new Slab(room));
  const workersFor = (bytes: number): ShardWorkers =>
    bytes < INLINE_BELOW || threads === 0 ? INLINE : resources.use(new KeptThreads(threads));
  const early = encryptedBytes === null ? INLINE : workersFor(encryptedBytes);
  let filled = await upload.reader.fill(slab, early);
  const rs = upload.rs ?? (await choosePlan(options, filled, signal));
  // A stream's length is not known before it ends.
  if (encryptedBytes !== null) {
    requireListable(Math.ceil(encryptedBytes / segmentBytes), rs, segmentBytes);
  }
  await upload.decide(rs);
  const streamBytes = filled.isLast ? filled.bytes : Number.POSITIVE_INFINITY;
  const workers = encryptedBytes === null ? workersFor(streamBytes) : early;
  const meter = new Meter(options.onProgress);
  const [k, n] = rs;
  if (encryptedBytes !== null) meter.totalBytes = Math.ceil((encryptedBytes / k) * n);
  const size = shardBytes(filled.bytes, k);
  const context: PutContext = {
    ...{ fileId: upload.fileId, sealSecret: upload.keys.sealSecret, rs },
    ...{ network: options.network, workers, meter, signal },
    custodian: options.custodian ?? null,
    ...(options.ttlBlocks !== undefined && { ttlBlocks: options.ttlBlocks }),
    minShards: options.minShards ?? n,
    isSigned: true,
    slots: Slots.ofSegment(n, size),
  };
  const segments: Promise<readonly ManifestShard[]>[] = [];
  const intents: Intent[] = [];
  let before = { passed: new Passed(), made: Promise.resolve() };
  before.passed.pass(Number.POSITIVE_INFINITY);
  let resumedSegments = upload.storedBefore.length;
  try {
    for (;;) {
      requireListable(filled.index + 1, rs, segmentBytes);
      const intent = await upload.intend(filled, () =>
        place(options, upload.fileId, filled.index, n, signal),
      );
      intents.push(intent);
      const done = upload.result(filled.index);
      if (done !== undefined) {
        segments.push(Promise.resolve(done));
        resumedSegments += 1;
        meter.add(n * shardBytes(filled.bytes, k));
      } else {
        const { stored, ...making } = putSegment(context, {
          index: filled.index,
          data: slab,
          bytes: filled.bytes,
          miners: intent.miners,
        });
        segments.push(stored.then((shards) => upload.settle(intent.segment, shards)));
        segments.at(-1)?.catch((error: unknown) => ended.abort(error));
        before = making;
      }
      signal.throwIfAborted();
      if (filled.isLast) break;
      filled = await upload.reader.fill(slab, workers, (bytes) => before.passed.until(bytes));
      await before.made;
      signal.throwIfAborted();
    }
    const rest = await Promise.all(segments);
    // Not when something failed: a delivery that was given up may still be reading.
    context.slots[Symbol.dispose]();
    await upload.requireUnchanged();
    return sealManifest(options, { upload, intents, rs, segmentBytes, resumedSegments }, [
      ...upload.storedBefore.map(({ stored }) => stored),
      ...rest,
    ]);
  } catch (error) {
    ended.abort(error);
    // Whatever still runs reads buffers and writes the journal: it ends first.
    await Promise.allSettled(segments);
    given?.throwIfAborted();
    throw ended.signal.reason ?? error;
  }
}

/** Removes what an upload left for being resumed. */
export async function forgetUpload(journal: string): Promise<void> {
  await rm(journal, { force: true });
}

async function choosePlan(
  { rs, network }: PutOptions,
  { bytes, isLast }: FilledSegment,
  signal: AbortSignal,
): Promise<RsPlan> {
  const serving = await network.serving(signal);
  const wanted = rs ?? planOfSize(isLast ? bytes : Number.POSITIVE_INFINITY);
  if (rs === undefined) return fittingPlan(wanted, serving);
  if (rs[1] <= serving) return rs;
  const fitting = serving > 0 ? fittingPlan(rs, serving).join(",") : "more miners";
  throw new CodedError<StorageCode>(
    "PLAN_INVALID",
    `${serving} miners serve, ${rs[1]} shards need as many: use ${fitting}, or wait`,
    { serving, shards: rs[1] },
  );
}

async function place(
  { network, ttlBlocks }: PutOptions,
  fileId: Uint8Array,
  segment: number,
  shards: number,
  signal: AbortSignal,
) {
  const lifetime = ttlBlocks === undefined ? {} : { ttlBlocks };
  const wanted = { fileId, segment, shards, avoid: [], ...lifetime };
  const places = await network.place(wanted, signal);
  if (new Set(places.miners).size === shards && places.miners.length === shards) return places;
  throw new CodedError<StorageCode>(
    "PLAN_INVALID",
    `the places given are not ${shards} different miners for segment ${segment}`,
  );
}

function sealManifest(
  { name, owner, ownerKey, sign }: PutOptions,
  put: {
    readonly upload: Upload;
    readonly intents: readonly Intent[];
    readonly rs: RsPlan;
    readonly segmentBytes: number;
    readonly resumedSegments: number;
  },
  stored: readonly (readonly ManifestShard[])[],
): StoredFile {
  const { upload, rs, segmentBytes, resumedSegments } = put;
  const intents = [...upload.intentsBefore, ...put.intents];
  const { plainBytes: size, plainSha256 } = upload.reader.finish();
  const secrets = {
    data_key: toHex(upload.keys.dataKey),
    nonce_prefix: toHex(upload.keys.noncePrefix),
    seal_secret: toHex(upload.keys.sealSecret),
    name,
    size,
    sha256: toHex(plainSha256),
  };
  const manifest = signManifest(
    {
      v: 2,
      id: toHex(upload.fileId),
      revision: 0,
      size: encryptedLength(size),
      segment_size: segmentBytes,
      rs: [...rs],
      leaf_size: LEAF_BYTES,
      aead: "ft2",
      segments: stored.map((shards, index) => ({ index, shards: [...shards] })),
      wraps: [{ to: owner, box: toHex(boxSecrets(secrets, ownerKey, randomBytes(24))) }],
      created: Math.min(...intents.map(({ created }) => created)),
      expires: Math.min(...intents.map(({ expires }) => expires)),
      owner,
    },
    sign,
  );
  const missing = stored.flatMap((shards, segment) => {
    const there = new Set(shards.map(({ i }) => i));
    const all = Array.from({ length: rs[1] }, (_, index) => index);
    return all.filter((index) => !there.has(index)).map((index) => ({ segment, index }));
  });
  return { manifest, size, missing, resumedSegments };
}
