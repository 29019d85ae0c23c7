import type { SigningKey } from "@neurond/epistula";
import { CodedError, type Hotkey, isAbort, isCoded, parseHotkey } from "@neurond/primitives";
import { SignedClient } from "@neurond/runtime";
import { cidOf, FILETAO_PLAIN, filetaoKey, hashData, openFiletao } from "@neurond/workload-storage";
import { z } from "zod";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { signerOf } from "../../wallet.ts";
import type { StoreCommandCode } from "./errors.ts";
import { announcedValidators, parseUrl } from "./find-validator.ts";

/** API nodes answer in one JSON text, which is held in memory. */
const MAX_ANSWER_BYTES = 268_435_456;
const WAIT_MS = 180_000;

const Retrieved = z.looseObject({
  encrypted_data: z.base64(),
  encryption_payload: z.string().nullish(),
});

/** Options that name an API node of upstream's protocol. */
export const API_OPTIONS: readonly Parameter[] = [
  { flags: "--api <url>", description: "API node to ask for upstream's ids; else as validators" },
  {
    flags: "--api-hotkey <ss58>",
    description: "that node's hotkey, which requests are signed for",
  },
];

/** Whether an id is one of upstream's: a decimal SHA3-256, or a CID of SHA-256. */
export function isUpstreamId(id: string): boolean {
  return /^\d{70,78}$/.test(id) || /^bafkrei[a-z2-7]{52}$/.test(id);
}

/**
 * A file that was stored through an API node by upstream's protocol. What a node answers is believed
 * when it hashes to the id, and then decrypted with the coldkey unless it was never encrypted.
 */
export async function fetchUpstream(call: Call, id: string, key: SigningKey): Promise<Uint8Array> {
  const client = new SignedClient({ key });
  let failure: unknown = new CodedError<StoreCommandCode>(
    "VALIDATOR_MISSING",
    "no API node is announced; name one with --api and --api-hotkey",
  );
  for (const node of await nodesOf(call)) {
    try {
      const { bytes, payload } = await ask(client, node, id, call.signal);
      return payload === FILETAO_PLAIN ? bytes : await decrypt(call, bytes, payload);
    } catch (error) {
      if (isAbort(error) || !isCoded(error, "API_NODE_FAILED")) throw error;
      failure = error;
    }
  }
  throw failure;
}

interface Node {
  readonly url: URL;
  readonly hotkey: Hotkey;
}

async function nodesOf(call: Call): Promise<readonly Node[]> {
  const [url, hotkey] = [call.given("api"), call.given("api-hotkey")];
  if (url === undefined && hotkey === undefined) return announcedValidators(call, "retrieve");
  if (url !== undefined && hotkey !== undefined)
    return [{ url: parseUrl(url), hotkey: parseHotkey(hotkey) }];
  throw new CodedError<UsageCode>("USAGE", "give --api and --api-hotkey, or neither");
}

async function ask(
  client: SignedClient,
  { url, hotkey: receiver }: Node,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly payload: string }> {
  const target = new URL("/RetrieveUser", url);
  const body = new TextEncoder().encode(JSON.stringify({ data_hash: id }));
  const question = { url: target, method: "POST", body, receiver, timeoutMs: WAIT_MS } as const;
  const answer = await client
    .fetch({
      ...question,
      contentType: "application/json",
      maxAnswerBytes: MAX_ANSWER_BYTES,
      signal,
    })
    .catch((cause: unknown) => {
      signal.throwIfAborted();
      throw failed(url, "did not answer", cause);
    });
  if (answer.status !== 200) throw failed(url, `answered ${answer.status}`);
  const parsed = Retrieved.safeParse(parseJson(answer.body));
  if (!parsed.success) throw failed(url, "sent no file");
  const bytes = Buffer.from(parsed.data.encrypted_data, "base64");
  const isRight = (id.startsWith("b") ? cidOf(bytes) : hashData(bytes)) === id;
  if (!isRight) throw failed(url, "sent another file than was asked for");
  return { bytes, payload: parsed.data.encryption_payload || FILETAO_PLAIN };
}

async function decrypt(call: Call, ciphertext: Uint8Array, payload: string): Promise<Uint8Array> {
  const coldkey = await signerOf(call, "coldkey");
  const secret = coldkey.exportSecret();
  try {
    const key = await call.progress("deriving the key of the file", filetaoKey(secret));
    return openFiletao({ ciphertext, payload }, key);
  } finally {
    secret.fill(0);
    coldkey.wipe();
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function failed(url: URL, what: string, cause?: unknown): CodedError<StoreCommandCode> {
  const message = `API node ${url.origin} ${what}; name another with --api and --api-hotkey`;
  return new CodedError("API_NODE_FAILED", message, { url: url.origin }, { cause });
}
