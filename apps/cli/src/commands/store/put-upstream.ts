import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { CodedError } from "@neurond/primitives";
import { SignedClient } from "@neurond/runtime/client";
import {
  cidOf,
  FILETAO_PLAIN,
  type FiletaoFile,
  hashData,
  sealFiletao,
} from "@neurond/workload-storage/file";
import { z } from "zod";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { type ApiNode, askNode, nodeFailed } from "./api-node.ts";
import { hashFileOf } from "./hash-file.ts";
import { openSignatory } from "./owner.ts";
import type { PutApiShape } from "./schemas.ts";
import { withUpstreamKey } from "./upstream-key.ts";

/** The file, its ciphertext and the request are in memory together, as upstream's clients have them. */
const MAX_BYTES = 134_217_728;
/** What makes sense only where we cut the file into shards ourselves. */
const SHARD_OPTIONS = [
  "rs",
  "copies",
  "min-shards",
  "segment-bytes",
  "validator",
  "uid",
  "custodian",
];

const Stored = z.looseObject({ data_hash: z.string() });

/**
 * Stores a file through an API node by upstream's protocol. It is encrypted here unless `isOpen`, so
 * that the node keeps what it cannot read; the id it answers has to be that of the bytes it was sent.
 */
export async function putUpstream(
  call: Call,
  path: string,
  node: ApiNode,
  { isOpen, ttlSeconds }: { readonly isOpen: boolean; readonly ttlSeconds: number },
): Promise<z.infer<typeof PutApiShape>> {
  const [other] = [
    ...SHARD_OPTIONS.filter((name) => call.given(name) !== undefined),
    ...(call.on("restart") ? ["restart"] : []),
  ];
  if (other !== undefined) {
    throw new CodedError<UsageCode>("USAGE", `--${other} goes without --api: the node decides`);
  }
  const hashes = hashFileOf(call);
  // A damaged one is found before anything is sent.
  await hashes?.entries();
  const plain = await bytesOf(path);
  const { ciphertext, payload } = isOpen
    ? { ciphertext: plain, payload: FILETAO_PLAIN }
    : await seal(call, plain);
  using signatory = await openSignatory(call);
  const client = new SignedClient({ key: signatory.key });
  const question = {
    encrypted_data: Buffer.from(ciphertext).toString("base64"),
    encryption_payload: payload,
    ttl: ttlSeconds,
  };
  const storing = askNode(client, node, "StoreUser", question, call.signal);
  const answer = Stored.safeParse(await call.progress(`storing ${basename(path)}`, storing));
  const id = answer.data?.data_hash;
  if (id === undefined || (id !== hashData(ciphertext) && id !== cidOf(ciphertext))) {
    throw nodeFailed(node.url, "answered with the id of other bytes");
  }
  await hashes?.addUpstream(basename(path), { id, node: node.hotkey }, call.signal);
  return {
    dataHash: id,
    ...{ name: basename(path), size: plain.length, encrypted: !isOpen },
    ...{ node: node.hotkey, hashes: hashes?.path ?? null },
  };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size <= MAX_BYTES) return readFile(path);
  const message = `${path} has ${size} bytes, through an API node at most ${MAX_BYTES} go: store it without --api`;
  throw new CodedError<UsageCode>("INPUT_INVALID", message);
}

function seal(call: Call, plain: Uint8Array): Promise<FiletaoFile> {
  return withUpstreamKey(call, (key) => {
    const random = { aesKey: randomBytes(32), nonce: randomBytes(16), boxNonce: randomBytes(24) };
    return sealFiletao(plain, key, random);
  });
}
