import { createHash } from "node:crypto";
import type { SigningKey } from "@neurond/epistula";
import { CodedError, type Hotkey, isAbort, isCoded } from "@neurond/primitives";
import {
  type ByteStream,
  type OpenAnswer,
  readBounded,
  retry,
  SignedClient,
} from "@neurond/runtime/client";
import { MAX_MANIFEST_BYTES } from "@neurond/workload-storage/file";
import { z } from "zod";
import type { StorageClientCode } from "./errors.ts";

export const JSON_MS = 30_000;
export const MAX_JSON_BYTES = MAX_MANIFEST_BYTES;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** What a validator says when the same request may go through a moment later. */
const PASSING = ["RATE_LIMITED", "UPLOADS_BUSY"];

const ErrorBody = z.object({ detail: z.string(), code: z.string() });

/** A body to send: signed before it is sent, so its hash is known beforehand. */
interface Body {
  readonly type: string;
  readonly sha256: Uint8Array;
  readonly length: number;
  readonly stream: () => ByteStream;
}

/** One request. */
export interface Ask {
  readonly method: "DELETE" | "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: Body;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Signed requests to one validator, and its answers checked. */
export class ValidatorChannel {
  readonly url: URL;
  readonly hotkey: Hotkey;
  readonly #client: SignedClient;

  constructor(options: { readonly url: URL; readonly hotkey: Hotkey; readonly key: SigningKey }) {
    this.url = options.url;
    this.hotkey = options.hotkey;
    this.#client = new SignedClient({ key: options.key });
  }

  /** An answer of a shape. @throws CodedError */
  async json<Schema extends z.ZodType>(
    schema: Schema,
    { timeoutMs = JSON_MS, ...ask }: Omit<Ask, "timeoutMs"> & { readonly timeoutMs?: number },
  ): Promise<z.infer<Schema>> {
    const response = await this.send({ ...ask, timeoutMs });
    const answer = await reach(this.url, () => readBounded(response, MAX_JSON_BYTES));
    return parse(schema, answer, this.url);
  }

  /** An answer that is not a refusal; its body is the caller's. @throws CodedError */
  async send({ method, path, body, timeoutMs, signal }: Ask): Promise<OpenAnswer> {
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

/** Tries again while the validator is busy or away. */
export function patiently<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  return retry(work, {
    signal,
    attempts: ATTEMPTS,
    firstDelayMs: FIRST_PAUSE_MS,
    retryable: (error) =>
      isCoded(error, "VALIDATOR_UNREACHABLE") || PASSING.includes(refusalOf(error) ?? ""),
  });
}

/** The validator's own code of a refusal. */
export function refusalOf(error: unknown): string | undefined {
  return isCoded(error, "VALIDATOR_REFUSED") ? String(error.context["code"]) : undefined;
}

/** JSON to send. */
export function jsonBody(text: string): Body {
  const bytes = new TextEncoder().encode(text);
  const sha256 = createHash("sha256").update(bytes).digest();
  return { type: "application/json", sha256, length: bytes.length, stream: () => [bytes] };
}

/** Says of a failed transfer that the validator could not be reached. */
export async function reach<Value>(url: URL, work: () => Promise<Value>): Promise<Value> {
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

async function refusal(response: OpenAnswer, url: URL): Promise<Error> {
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

/** An answer of a shape. @throws CodedError VALIDATOR_MALFORMED */
export function parse<Schema extends z.ZodType>(
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

/** The error of an answer that no validator of this version gives. */
export function malformed(url: URL, what: string): CodedError<StorageClientCode> {
  const message = `${url.origin} sent ${what}: is it a validator of this version?`;
  return new CodedError("VALIDATOR_MALFORMED", message, { url: url.origin });
}
