import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import { createLogger, type SignedAnswer, signedFetch } from "@neurond/runtime";
import { testDatabase } from "@neurond/testing";
import type { z } from "zod";
import { Config, DirectoryVault, startStorageApi } from "../src/index.ts";

export const node = keypairFromUri("//StorageNode");
export const alice = keypairFromUri("//Alice");
export const bob = keypairFromUri("//Bob");
export const stranger = keypairFromUri("//Stranger");
export const nameOf = (key: Keypair): Hotkey => hotkeyOf(key.publicKey);

type Settings = Partial<z.input<typeof Config>>;

/** An API node on a disk, ports and a schema of its own; alice and bob may use it. */
export async function serveNode(change: Settings = {}) {
  await using resources = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "storage-api-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const database = resources.use(await testDatabase());
  const config = Config.parse({
    netuid: 21,
    http: { host: "127.0.0.1", port: 0, requestsPerMinute: 100_000 },
    access: { whitelist: [nameOf(alice), nameOf(bob)] },
    cleaning: { everySeconds: 3600, graceSeconds: 1 },
    vault: { directory, keepFreeBytes: 0 },
    ...change,
    gateway: { host: "127.0.0.1", port: 0, requestsPerMinute: 1_000_000, ...change.gateway },
  });
  const clock = { offsetMs: 0 };
  const vault = await DirectoryVault.open(config.vault);
  const api = resources.use(
    await startStorageApi({
      config,
      signer: node,
      database,
      vault,
      found: () => vault.found(),
      version: "0",
      log: createLogger("storage-api", "fatal"),
      now: () => Date.now() + clock.offsetMs,
    }),
  );
  const owned = resources.move();
  return {
    api,
    config,
    database,
    vault,
    directory,
    clock,
    gatewayUrl: api.gateway?.url ?? "",
    /** A client of S3 with a new key of an owner. */
    async client(key: Keypair) {
      const made = await api.keys.add(nameOf(key), "test");
      const client = new S3Client({
        endpoint: api.gateway?.url ?? "",
        region: "us-east-1",
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: made.accessKeyId, secretAccessKey: made.secret },
      });
      owned.defer(() => client.destroy());
      return client;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export type ServedNode = Awaited<ReturnType<typeof serveNode>>;

export interface Asked {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Uint8Array | object;
}

/** A request signed by a key, as clients of the REST routes send it. */
export async function ask(
  { api }: Pick<ServedNode, "api">,
  key: Keypair,
  { method = "GET", path, body }: Asked,
): Promise<SignedAnswer & { readonly json: () => Record<string, unknown> }> {
  const bytes =
    body === undefined || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const answer = await signedFetch({ key })({
    url: new URL(path, api.http.url),
    method,
    ...(bytes && { body: bytes }),
    ...(bytes && {
      contentType: body instanceof Uint8Array ? "application/octet-stream" : "application/json",
    }),
    receiver: nameOf(node),
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    maxAnswerBytes: 64 * 1_048_576,
  });
  return { ...answer, json: () => JSON.parse(Buffer.from(answer.body).toString()) };
}
