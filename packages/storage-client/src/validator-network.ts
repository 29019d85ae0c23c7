import { createHash } from "node:crypto";
import { verifySr25519 } from "@neurond/crypto";
import type { SigningKey } from "@neurond/epistula";
import {
  CodedError,
  type Hex,
  type Hotkey,
  isAbort,
  isCoded,
  parseHotkey,
  toHex,
} from "@neurond/primitives";
import { type ByteStream, readBounded, retry, SignedClient } from "@neurond/runtime";
import {
  decodeManifest,
  encodeManifest,
  MAX_MANIFEST_BYTES,
  type Manifest,
} from "@neurond/workload-storage";
import { shardPath } from "@neurond/workload-storage/io";
import { z } from "zod";
import type { StorageClientCode } from "./errors.ts";
import type { Places, SealedShard, StorageNetwork, StoredShard, WantedPlaces } from "./network.ts";

const JSON_MS = 30_000;
const MAX_JSON_BYTES = MAX_MANIFEST_BYTES;
/** A shard may take this long, and longer at this rate. */
const SHARD_MS = 60_000;
const SLOWEST_BYTES_PER_MS = 128;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** What a validator says when the same request may go through a moment later. */
const PASSING = ["RATE_LIMITED", "UPLOADS_BUSY"];

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
const Status = z.object({ netuid: z.int(), hotkey, run: z.object({ index: z.int() }) });
export type ValidatorStatus = z.infer<typeof Status>;

const Serving = z.object({ serving: z.int().min(0) });
const Placements = z.object({ miners: z.array(hotkey), created: z.int(), expires: z.int() });
const Files = z.object({ files: z.array(z.object({ file_id: fileId, expires_block: z.int() })) });
const ErrorBody = z.object({ detail: z.string(), code: z.string() });

/** A body to send: signed before it is sent, so its hash is known beforehand. */
interface Body {
  readonly type: string;
  readonly sha256: Uint8Array;
  readonly length: number;
  readonly stream: () => ByteStream;
}

interface Ask {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: Body;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a validator says of itself, unsigned: the hotkey in it is what we then sign for. */
export async function readStatus(url: URL, signal: AbortSignal): Promise<ValidatorStatus> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
  const target = new URL("/v1/status", url);
  const response = await reach(url, () => fetch(target, { signal: bounded, redirect: "error" }));
  return parse(Status, await readBounded(response, 65_536), url);
}

/** The miners behind one validator; every request is signed for that validator alone. */
export class ValidatorNetwork implements StorageNetwork {
  readonly url: URL;
  readonly hotkey: Hotkey;
  readonly #client: SignedClient;

  constructor(options: { readonly url: URL; readonly hotkey: Hotkey; readonly key: SigningKey }) {
    this.url = options.url;
    this.hotkey = options.hotkey;
    this.#client = new SignedClient({ key: options.key });
  }

  async serving(signal: AbortSignal): Promise<number> {
    const path = "/v1/storage/miners";
    return (await this.#json(Serving, { method: "GET", path, signal })).serving;
  }

  place({ fileId, segment, shards, avoid }: WantedPlaces, signal: AbortSignal): Promise<Places> {
    const body = jsonBody(JSON.stringify({ file_id: toHex(fileId), segment, shards, avoid }));
    const ask = { method: "POST", path: "/v1/storage/files", body, signal } as const;
    return patiently(() => this.#json(Placements, ask), signal);
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
    yield* await this.openShard(shard, signal);
  }

  async keep(manifest: Manifest, signal: AbortSignal): Promise<void> {
    const path = `/v1/storage/files/${manifest.id}/manifest`;
    const body = jsonBody(encodeManifest(manifest));
    const ask = { method: "POST", path, body, signal } as const;
    await patiently(() => this.#json(z.object({}), ask), signal);
  }

  /** The manifest of a file of ours: checked to be one, and of this file. */
  async manifest(id: Hex, signal: AbortSignal): Promise<Manifest> {
    const path = `/v1/storage/files/${id}`;
    const response = await this.#send({ method: "GET", path, timeoutMs: JSON_MS, signal });
    const bytes = await reach(this.url, () => readBounded(response, MAX_JSON_BYTES));
    const manifest = decodeManifest(new TextDecoder().decode(bytes), verifySr25519);
    if (manifest.id !== id) throw malformed(this.url, "another file's manifest");
    return manifest;
  }

  /** Our files, newest first. */
  async files(signal: AbortSignal): Promise<z.infer<typeof Files>["files"]> {
    return (await this.#json(Files, { method: "GET", path: "/v1/storage/files", signal })).files;
  }

  /** The bytes of a sealed shard as they come; nothing is known of them yet. */
  async openShard(
    { shardId, size }: { readonly shardId: Uint8Array; readonly size: number },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const path = shardPath(shardId);
    const response = await this.#send({ method: "GET", path, timeoutMs: shardMs(size), signal });
    if (response.body === null) throw malformed(this.url, "an empty shard");
    return response.body;
  }

  async #putShard(shard: SealedShard, signal: AbortSignal): Promise<void> {
    const { size: length, sha256 } = shard;
    await this.#json(z.object({ receipt: z.object({}) }), {
      method: "PUT",
      path: `${shardPath(shard.shardId)}?${shardQuery(shard)}`,
      body: { type: "application/octet-stream", sha256, length, stream: shard.body },
      timeoutMs: shardMs(length),
      signal,
    });
  }

  async #json<Schema extends z.ZodType>(
    schema: Schema,
    { timeoutMs = JSON_MS, ...ask }: Omit<Ask, "timeoutMs"> & { readonly timeoutMs?: number },
  ): Promise<z.infer<Schema>> {
    const response = await this.#send({ ...ask, timeoutMs });
    const answer = await reach(this.url, () => readBounded(response, MAX_JSON_BYTES));
    return parse(schema, answer, this.url);
  }

  async #send({ method, path, body, timeoutMs, signal }: Ask): Promise<Response> {
    const url = new URL(path, this.url);
    const response = await reach(url, () =>
      this.#client.open({
        url,
        method,
        ...(body && { body, contentType: body.type }),
        receiver: this.hotkey,
        timeoutMs,
        signal,
      }),
    );
    if (response.ok) return response;
    throw await refusal(response, url);
  }
}

function patiently<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  return retry(work, {
    signal,
    attempts: ATTEMPTS,
    firstDelayMs: FIRST_PAUSE_MS,
    retryable: (error) =>
      isCoded(error, "VALIDATOR_UNREACHABLE") || PASSING.includes(refusalOf(error) ?? ""),
  });
}

/** The validator's own code of a refusal. */
function refusalOf(error: unknown): string | undefined {
  return isCoded(error, "VALIDATOR_REFUSED") ? String(error.context["code"]) : undefined;
}

function shardQuery({
  fileId,
  segment,
  index,
  generation,
  root,
  sha256,
}: SealedShard): URLSearchParams {
  return new URLSearchParams({
    file_id: toHex(fileId),
    segment: String(segment),
    index: String(index),
    generation: String(generation),
    root: toHex(root),
    sha256: toHex(sha256),
  });
}

function jsonBody(text: string): Body {
  const bytes = new TextEncoder().encode(text);
  const sha256 = createHash("sha256").update(bytes).digest();
  return { type: "application/json", sha256, length: bytes.length, stream: () => [bytes] };
}

function shardMs(size: number): number {
  return SHARD_MS + Math.ceil(size / SLOWEST_BYTES_PER_MS);
}

async function reach<Value>(url: URL, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (isAbort(cause) || isCoded(cause)) throw cause;
    throw new CodedError<StorageClientCode>(
      "VALIDATOR_UNREACHABLE",
      `${url.origin} did not answer; check that it runs, or name another with --validator`,
      { url: url.origin },
      { cause },
    );
  }
}

async function refusal(response: Response, url: URL): Promise<Error> {
  const answer = await readBounded(response, 65_536).catch(() => new Uint8Array());
  const { origin, pathname } = url;
  const context = { url: origin, path: pathname, status: response.status };
  const body = ErrorBody.safeParse(jsonOf(answer));
  if (!body.success) {
    return new CodedError<StorageClientCode>(
      "VALIDATOR_REFUSED",
      `${origin} answered ${response.status} for ${pathname}`,
      context,
    );
  }
  const { code, detail } = body.data;
  return new CodedError<StorageClientCode>("VALIDATOR_REFUSED", `${origin}: ${code}: ${detail}`, {
    ...context,
    code,
  });
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  answer: Uint8Array,
  url: URL,
): z.infer<Schema> {
  const parsed = schema.safeParse(jsonOf(answer));
  if (parsed.success) return parsed.data;
  throw malformed(url, "an answer of another shape");
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function malformed(url: URL, what: string): CodedError<StorageClientCode> {
  const message = `${url.origin} sent ${what}: is it a validator of this version?`;
  return new CodedError("VALIDATOR_MALFORMED", message, { url: url.origin });
}
