import { verifySr25519 } from "@neurond/crypto";
import type { SigningKey } from "@neurond/epistula";
import { type Hex, type Hotkey, parseHotkey, toHex } from "@neurond/primitives";
import { readBounded, sendDirectly } from "@neurond/runtime/client";
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  type Repair,
} from "@neurond/workload-storage/file";
import { release, shardPath } from "@neurond/workload-storage/io/shards";
import { z } from "zod";
import type {
  FileKeeper,
  FileWeakness,
  Places,
  SealedShard,
  StorageNetwork,
  StoredShard,
  WantedPlaces,
} from "./network.ts";
import {
  JSON_MS,
  jsonBody,
  MAX_JSON_BYTES,
  malformed,
  parse,
  patiently,
  reach,
  refusalOf,
  ValidatorChannel,
} from "./validator-channel.ts";

/** A shard may take this long, and longer at this rate. */
const SHARD_MS = 60_000;
const RENEW_MS = 120_000;
const SLOWEST_BYTES_PER_MS = 128;
const hotkey = z.string().transform((text, context) => {
  try {
    return parseHotkey(text);
  } catch {
    context.addIssue({ code: "custom", message: "not a hotkey" });
    return z.NEVER;
  }
});

const fileId = z.string().regex(/^0x[0-9a-f]{64}$/);

/** What a validator says of itself; no other neuron has runs. */
const Status = z.object({
  netuid: z.int(),
  hotkey,
  run: z.object({ index: z.int() }),
  block: z.int(),
});
export type ValidatorStatus = z.infer<typeof Status>;

const Serving = z.object({ serving: z.int().min(0) });
const Placements = z.object({ miners: z.array(hotkey), created: z.int(), expires: z.int() });
const Renewed = z.object({
  created: z.int(),
  expires: z.int(),
  renewed: z.int(),
  failed: z.array(fileId),
});
const count = z.int().min(0);
const Weakness = z.object({
  segments: z.array(
    z.object({
      segment: count,
      live: count,
      k: count,
      n: count,
      lost: z.array(z.object({ i: count, reason: z.string() })),
    }),
  ),
});
const Endangered = z.object({
  files: z.array(Weakness.extend({ file_id: fileId })),
  next: fileId.nullable(),
});
const Files = z.object({
  files: z.array(z.object({ file_id: fileId, expires_block: z.int(), created_ms: z.int() })),
});
/** What a validator says of itself, unsigned: the hotkey in it is what we then sign for. */
export async function readStatus(url: URL, signal: AbortSignal): Promise<ValidatorStatus> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
  const target = new URL("/v1/status", url);
  const ask = { method: "GET", headers: [], signal: bounded } as const;
  const response = await reach(url, () => sendDirectly(target, ask));
  return parse(Status, await readBounded(response, 65_536), url);
}

/** Where a shard belongs in its file: asked for by validators through which it was not stored. */
export interface ShardPosition {
  readonly fileId: Hex;
  readonly segment: number;
  readonly index: number;
  readonly generation: number;
  readonly miner: Hotkey;
}

/** The miners behind one validator; every request is signed for that validator alone. */
export class ValidatorNetwork implements StorageNetwork, FileKeeper {
  readonly url: URL;
  readonly hotkey: Hotkey;
  readonly #channel: ValidatorChannel;
  readonly #grant: string;

  constructor(options: {
    readonly url: URL;
    readonly hotkey: Hotkey;
    readonly key: SigningKey;
    /** The owner's, for reading a file of somebody else; see `signReadGrant`. */
    readonly grant?: string;
  }) {
    this.url = options.url;
    this.hotkey = options.hotkey;
    this.#channel = new ValidatorChannel(options);
    this.#grant = options.grant === undefined ? "" : `?grant=${options.grant}`;
  }

  async serving(signal: AbortSignal): Promise<number> {
    const path = "/v1/storage/miners";
    return (await this.#channel.json(Serving, { method: "GET", path, signal })).serving;
  }

  place({ fileId, ttlBlocks, ...rest }: WantedPlaces, signal: AbortSignal): Promise<Places> {
    const { segment, shards, avoid } = rest;
    const wanted = { file_id: toHex(fileId), segment, shards, avoid, ttl_blocks: ttlBlocks };
    const body = jsonBody(JSON.stringify(wanted));
    const ask = { method: "POST", path: "/v1/storage/files", body, signal } as const;
    return patiently(() => this.#channel.json(Placements, ask), signal);
  }

  /** Tries again while the validator is busy or away; a miner that fails is for the caller. */
  async deliver(shard: SealedShard, signal: AbortSignal): Promise<void> {
    await patiently(async () => {
      try {
        await this.#putShard(shard, signal);
      } catch (error) {
        // Its id is drawn from the file's, which nobody else knows: an answer of ours was lost.
        if (refusalOf(error) !== "SHARD_EXISTS") throw error;
      }
    }, signal);
  }

  async *fetch(shard: StoredShard, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of await this.openShard(shard, signal)) {
      yield chunk;
      release(chunk);
    }
  }

  async keep(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const path = `/v1/storage/files/${manifest.id}/manifest`;
    const body = jsonBody(encodeManifest(manifest));
    const ask = { method: "POST", path, body, signal } as const;
    await patiently(() => this.#channel.json(z.object({}), ask), signal);
  }

  /** The manifest of a file of ours, or granted to us: checked to be one, and of this file. */
  async manifest(id: Hex, signal: AbortSignal): Promise<Manifest> {
    const path = `/v1/storage/files/${id}${this.#grant}`;
    const response = await this.#channel.send({ method: "GET", path, timeoutMs: JSON_MS, signal });
    const bytes = await reach(this.url, () => readBounded(response, MAX_JSON_BYTES));
    const manifest = decodeManifest(new TextDecoder().decode(bytes), verifySr25519);
    if (manifest.id !== id) throw malformed(this.url, "another file's manifest");
    return manifest;
  }

  /** Keeps a copy of the manifest of a file that was stored through another validator. */
  async keepCopy(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const path = `/v1/storage/copies/${manifest.id}`;
    const body = jsonBody(encodeManifest(manifest));
    await this.#channel.json(z.object({}), { method: "PUT", path, body, signal });
  }

  async keepRepair(id: Hex, repair: Repair, signal: AbortSignal): Promise<void> {
    const path = `/v1/storage/files/${id}/repairs`;
    const ask = { method: "POST", path, body: jsonBody(JSON.stringify(repair)), signal } as const;
    await patiently(() => this.#channel.json(z.object({}), ask), signal);
  }

  async remove(id: Hex, signal: AbortSignal): Promise<void> {
    const ask = { method: "DELETE", path: `/v1/storage/files/${id}`, signal } as const;
    await patiently(async () => {
      try {
        await this.#channel.json(z.object({}), { ...ask, timeoutMs: SHARD_MS });
      } catch (error) {
        // Gone already: an answer of ours was lost, or its time was over.
        if (refusalOf(error) !== "FILE_UNKNOWN") throw error;
      }
    }, signal);
  }

  /** Another term from now on, of so many blocks or as long as miners promise. */
  async renew(id: Hex, signal: AbortSignal, ttlBlocks?: number): Promise<z.infer<typeof Renewed>> {
    const path = `/v1/storage/files/${id}/renew`;
    const body = jsonBody(JSON.stringify({ ttl_blocks: ttlBlocks }));
    const ask = { method: "POST", path, body, timeoutMs: RENEW_MS, signal } as const;
    return patiently(() => this.#channel.json(Renewed, ask), signal);
  }

  async health(id: Hex, signal: AbortSignal): Promise<FileWeakness> {
    const path = `/v1/storage/files/${id}/health`;
    const { segments } = await this.#channel.json(Weakness, { method: "GET", path, signal });
    return { fileId: id, segments };
  }

  async endangered(after: Hex | null, signal: AbortSignal) {
    const path = `/v1/storage/endangered${after === null ? "" : `?after=${after}`}`;
    const { files, next } = await this.#channel.json(Endangered, { method: "GET", path, signal });
    const found = files.map(({ file_id, segments }): FileWeakness => {
      return { fileId: file_id as Hex, segments };
    });
    return { files: found, next: next as Hex | null };
  }

  /** Our files, newest first. */
  async files(signal: AbortSignal): Promise<z.infer<typeof Files>["files"]> {
    return (await this.#channel.json(Files, { method: "GET", path: "/v1/storage/files", signal }))
      .files;
  }

  /** The bytes of a sealed shard as they come; nothing is known of them yet. */
  async openShard(
    { shardId, size }: { readonly shardId: Uint8Array; readonly size: number },
    signal: AbortSignal,
    position?: ShardPosition,
  ): Promise<AsyncIterable<Uint8Array>> {
    const path = `${shardPath(shardId)}${this.#grant}${positionQuery(position, this.#grant)}`;
    const response = await this.#channel.send({
      method: "GET",
      path,
      timeoutMs: shardMs(size),
      signal,
    });
    return response.body;
  }

  async #putShard(shard: SealedShard, signal: AbortSignal): Promise<void> {
    const { size: length, sha256 } = shard;
    await this.#channel.json(z.object({ receipt: z.object({}) }), {
      method: "PUT",
      path: `${shardPath(shard.shardId)}?${shardQuery(shard)}`,
      body: { type: "application/octet-stream", sha256, length, stream: shard.body },
      timeoutMs: shardMs(length),
      signal,
    });
  }
}

function shardQuery({
  fileId,
  segment,
  index,
  generation,
  root,
  sha256,
  ttlBlocks,
}: SealedShard): URLSearchParams {
  return new URLSearchParams({
    file_id: toHex(fileId),
    segment: String(segment),
    index: String(index),
    generation: String(generation),
    root: toHex(root),
    sha256: toHex(sha256),
    ...(ttlBlocks !== undefined && { ttl_blocks: String(ttlBlocks) }),
  });
}

function positionQuery(position: ShardPosition | undefined, before: string): string {
  if (position === undefined) return "";
  const { fileId, segment, index, generation, miner } = position;
  const query = new URLSearchParams({
    ...{ file_id: fileId, segment: String(segment), index: String(index) },
    ...{ generation: String(generation), miner },
  });
  return `${before === "" ? "?" : "&"}${query}`;
}

function shardMs(size: number): number {
  return SHARD_MS + Math.ceil(size / SLOWEST_BYTES_PER_MS);
}
