import type { SigningKey } from "@neurond/epistula";
import { CodedError, isAbort, isCoded } from "@neurond/primitives";
import { SignedClient } from "@neurond/runtime/client";
import { cidOf, FILETAO_PLAIN, hashData, openFiletao } from "@neurond/workload-storage/file";
import { z } from "zod";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { type ApiNode, askNode, namedNode, nodeFailed } from "./api-node.ts";
import type { StoreCommandCode } from "./errors.ts";
import { announcedValidators } from "./find-validator.ts";
import { withUpstreamKey } from "./upstream-key.ts";

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
      if (payload === FILETAO_PLAIN) return bytes;
      return await withUpstreamKey(call, (key) => openFiletao({ ciphertext: bytes, payload }, key));
    } catch (error) {
      if (isAbort(error) || !isCoded(error, "API_NODE_FAILED")) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function nodesOf(call: Call): Promise<readonly ApiNode[]> {
  const named = namedNode(call);
  return named === null ? announcedValidators(call, "retrieve") : [named];
}

async function ask(
  client: SignedClient,
  node: ApiNode,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly payload: string }> {
  const answer = await askNode(client, node, "RetrieveUser", { data_hash: id }, signal);
  const parsed = Retrieved.safeParse(answer);
  if (!parsed.success) throw nodeFailed(node.url, "sent no file");
  const bytes = Buffer.from(parsed.data.encrypted_data, "base64");
  const isRight = (id.startsWith("b") ? cidOf(bytes) : hashData(bytes)) === id;
  if (!isRight) throw nodeFailed(node.url, "sent another file than was asked for");
  return { bytes, payload: parsed.data.encryption_payload || FILETAO_PLAIN };
}
