import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { CodedError, fromHex, type Hotkey, toHex } from "@neurond/primitives";
import {
  type Entry,
  type Manifest,
  openSecrets,
  type StorageCode,
  sealKeyOf,
} from "@neurond/workload-storage";
import { decryptStream } from "./encrypt-stream.ts";
import { firstGood } from "./first-good.ts";
import { receiveShard } from "./receive-shard.ts";
import { sealStream } from "./seal-stream.ts";

/** A shard to be brought back from its miner. */
export interface WantedShard extends Entry {
  readonly miner: Hotkey;
}

export interface GetOptions {
  /** Checked; see `decodeManifest`. */
  readonly manifest: Manifest;
  /** See `ownerKey`. */
  readonly ownerKey: Uint8Array;
  /** Where the file goes; it appears there whole or not at all. */
  readonly path: string;
  /** The sealed bytes from whoever holds them; the signal fires when another copy came first. */
  readonly fetchShard: (wanted: WantedShard, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Silence of a miner after which the next copy is asked for as well; 3 s unless given. */
  readonly hedgeMs?: number;
  readonly signal?: AbortSignal;
  /** Told of each copy that did not come back as promised. */
  readonly onBadShard?: (wanted: WantedShard, cause: unknown) => void;
}

/**
 * Brings a file back: of each segment the first copy whose bytes hash to their root, unsealed and
 * decrypted. A miner that answers with other bytes costs time, never content.
 * @throws CodedError SHARD_MISSING when no copy of a segment comes back, KEY_INVALID for another
 * owner's key, CIPHERTEXT_INVALID when the manifest's secrets are not the file's
 */
export async function getFile(options: GetOptions): Promise<{ readonly name: string }> {
  const { manifest, ownerKey, path } = options;
  const secrets = openSecrets(fromHex(manifest.wraps[0]?.box ?? "0x"), ownerKey);
  const [key, fileId] = [fromHex(secrets.data_key), fromHex(manifest.id)];
  const sealSecret = fromHex(secrets.seal_secret);
  const [partial, shard] = [`${path}.partial`, `${path}.shard`];
  async function* encrypted(): AsyncGenerator<Uint8Array> {
    for (const segment of manifest.segments) {
      const shardId = await fetchSegment(options, segment, shard);
      yield* sealStream(sealKeyOf(sealSecret, shardId), createReadStream(shard));
      await rm(shard, { force: true });
    }
  }
  try {
    const digest = createHash("sha256");
    await rm(partial, { force: true });
    {
      await using file = await open(partial, "wx", 0o600);
      for await (const plain of decryptStream({ key, fileId }, encrypted())) {
        digest.update(plain);
        await file.write(plain);
      }
      await file.sync();
    }
    if (toHex(digest.digest()) !== secrets.sha256) {
      throw new CodedError<StorageCode>("CIPHERTEXT_INVALID", "the file is not the one stored");
    }
    await rename(partial, path);
    return { name: secrets.name };
  } finally {
    await rm(partial, { force: true });
    await rm(shard, { force: true });
  }
}

const HEDGE_MS = 3_000;

/** Fetches copies until one is right, which then stands at `path`; returns its id. */
async function fetchSegment(
  options: GetOptions,
  { index, shards }: Manifest["segments"][number],
  path: string,
): Promise<Uint8Array> {
  const { fetchShard, onBadShard, hedgeMs = HEDGE_MS } = options;
  const signal = options.signal ?? new AbortController().signal;
  const fetchCopy = async (shard: (typeof shards)[number], cancelled: AbortSignal) => {
    const { shard_id, root, size, miner } = shard;
    const wanted = { shardId: fromHex(shard_id), root: fromHex(root), size, miner };
    const copy = `${path}.${shard.i}`;
    try {
      await rm(copy, { force: true });
      await receiveShard(copy, wanted, fetchShard(wanted, cancelled));
      return { copy, shardId: wanted.shardId };
    } catch (cause) {
      if (!cancelled.aborted) onBadShard?.(wanted, cause);
      throw cause;
    }
  };
  try {
    const { copy, shardId } = await firstGood(shards, fetchCopy, { hedgeMs, signal });
    await rename(copy, path);
    return shardId;
  } catch (cause) {
    signal.throwIfAborted();
    throw new CodedError<StorageCode>(
      "SHARD_MISSING",
      `no copy of segment ${index} came back: try again when one of its ${shards.length} miners serves`,
      { segment: index },
      { cause },
    );
  } finally {
    // A copy that came whole, but second, is not needed.
    for (const { i } of shards) await rm(`${path}.${i}`, { force: true });
  }
}
