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
import { type ByteStream, readBounded, SignedClient } from "@neurond/runtime";
import { decodeManifest, type Manifest } from "@neurond/workload-storage";
import { type Delivery, shardPath } from "@neurond/workload-storage/io";
import { z } from "zod";
import type { StoreCommandCode } from "./errors.ts";

const JSON_MS = 30_000;
const MAX_JSON_BYTES = 64 * 1_048_576;
/** A shard may take this long, and longer at this rate. */
const SHARD_MS = 60_000;
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
const Status = z.object({ netuid: z.int(), hotkey, run: z.object({ index: z.int() }) });
export type Status = z.infer<typeof Status>;

/** Where a shard of a file is to go. */
const Placement = z.object({ segment: z.int(), index: z.int(), miner: hotkey });

const Placements = z.object({
  placements: z.array(Placement),
  created: z.int(),
  expires: z.int(),
});
const Files = z.object({ files: z.array(z.object({ file_id: fileId, expires_block: z.int() })) });
const ErrorBody = z.object({ detail: z.string(), code: z.string() });

/** A file to be placed, as the validator is told of it. */
export interface PlacementRequest {
  readonly file_id: Hex;
  readonly size: number;
  readonly segments: number;
  readonly copies: number;
}

/** A sealed shard, and where in which file it belongs. */
export type SealedShard = Omit<Delivery, "miner">;

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
export async function readStatus(url: URL, signal: AbortSignal): Promise<Status> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
  const target = new URL("/v1/status", url);
  const response = await reach(url, () => fetch(target, { signal: bounded, redirect: "error" }));
  return parse(Status, await readBounded(response, 65_536), url);
}

/** A validator's storage endpoints; every request is signed for that validator alone. */
export class ValidatorApi {
  readonly url: URL;
  readonly hotkey: Hotkey;
  readonly #client: SignedClient;

  constructor(options: { readonly url: URL; readonly hotkey: Hotkey; readonly key: SigningKey }) {
    this.url = options.url;
    this.hotkey = options.hotkey;
    this.#client = new SignedClient({ key: options.key });
  }

  /** Asks who shall hold a file, and for how long. */
  place(request: PlacementRequest, signal: AbortSignal): Promise<z.infer<typeof Placements>> {
    const body = jsonBody(JSON.stringify(request));
    return this.#json(Placements, { method: "POST", path: "/v1/storage/files", body, signal });
  }

  /** Hands a sealed shard over; it is stored and signed for when this resolves. */
  async putShard(shard: SealedShard, signal: AbortSignal): Promise<void> {
    const { size: length, sha256 } = shard;
    await this.#json(z.object({ receipt: z.object({}) }), {
      method: "PUT",
      path: `${shardPath(shard.shardId)}?${shardQuery(shard)}`,
      body: { type: "application/octet-stream", sha256, length, stream: shard.body },
      timeoutMs: shardMs(length),
      signal,
    });
  }

  /** Leaves a manifest with the validator. */
  async putManifest(id: Hex, text: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/storage/files/${id}/manifest`;
    await this.#json(z.object({}), { method: "POST", path, body: jsonBody(text), signal });
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

function shardQuery({ fileId, segment, index, root, sha256 }: SealedShard): URLSearchParams {
  return new URLSearchParams({
    file_id: toHex(fileId),
    segment: String(segment),
    index: String(index),
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
    throw new CodedError<StoreCommandCode>(
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
    return new CodedError<StoreCommandCode>(
      "VALIDATOR_REFUSED",
      `${origin} answered ${response.status} for ${pathname}`,
      context,
    );
  }
  const { code, detail } = body.data;
  return new CodedError<StoreCommandCode>("VALIDATOR_REFUSED", `${origin}: ${code}: ${detail}`, {
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

function malformed(url: URL, what: string): CodedError<StoreCommandCode> {
  const message = `${url.origin} sent ${what}: is it a validator of this version?`;
  return new CodedError("VALIDATOR_MALFORMED", message, { url: url.origin });
}
