import { CodedError, type Hotkey, parseHotkey } from "@neurond/primitives";
import type { SignedClient } from "@neurond/runtime/client";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import type { StoreCommandCode } from "./errors.ts";
import { parseUrl } from "./find-validator.ts";

/** API nodes answer in one JSON text, which is held in memory. */
const MAX_ANSWER_BYTES = 268_435_456;
const WAIT_MS = 180_000;

/** An API node of upstream's protocol. */
export interface ApiNode {
  readonly url: URL;
  readonly hotkey: Hotkey;
}

/** The API node that a call names, if any. */
export function namedNode(call: Call): ApiNode | null {
  const [url, hotkey] = [call.given("api"), call.given("api-hotkey")];
  if (url === undefined && hotkey === undefined) return null;
  if (url !== undefined && hotkey !== undefined)
    return { url: parseUrl(url, "--api"), hotkey: parseHotkey(hotkey) };
  throw new CodedError<UsageCode>("USAGE", "give --api and --api-hotkey, or neither");
}

/** What a node answers to one of upstream's synapses; nothing is known of it yet. @throws CodedError API_NODE_FAILED */
export async function askNode(
  client: SignedClient,
  { url, hotkey: receiver }: ApiNode,
  synapse: "StoreUser" | "RetrieveUser",
  question: object,
  signal: AbortSignal,
): Promise<unknown> {
  const answer = await client
    .fetch({
      url: new URL(`/${synapse}`, url),
      method: "POST",
      body: new TextEncoder().encode(JSON.stringify(question)),
      contentType: "application/json",
      ...{ receiver, timeoutMs: WAIT_MS, maxAnswerBytes: MAX_ANSWER_BYTES, signal },
    })
    .catch((cause: unknown) => {
      signal.throwIfAborted();
      throw nodeFailed(url, "did not answer", cause);
    });
  if (answer.status !== 200) throw nodeFailed(url, `answered ${answer.status}`);
  return parseJson(answer.body);
}

/** The error of a node that does not do what it is asked. */
export function nodeFailed(url: URL, what: string, cause?: unknown): CodedError<StoreCommandCode> {
  const message = `API node ${url.origin} ${what}; name another with --api and --api-hotkey`;
  return new CodedError("API_NODE_FAILED", message, { url: url.origin }, { cause });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
