import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { createGateway, type GatewayOptions, MemoryIndex, type S3Ending } from "../src/index.ts";
import { MemoryVault } from "./memory-vault.ts";

export const KEYS = {
  alice: { accessKeyId: "AKALICE", secretAccessKey: "alice's secret" },
  bob: { accessKeyId: "AKBOB", secretAccessKey: "bob's secret" },
};

/** A gateway over memory on a port of its own. */
export async function serveGateway(change: Partial<GatewayOptions> = {}) {
  const index = new MemoryIndex();
  const vault = new MemoryVault();
  const endings: S3Ending[] = [];
  const stop = new AbortController();
  const secrets = new Map(
    Object.entries(KEYS).map(([owner, key]) => [
      key.accessKeyId,
      { owner, secret: key.secretAccessKey },
    ]),
  );
  const handle = createGateway({
    index,
    vault,
    credentials: { find: async (id) => secrets.get(id) ?? null },
    mayRead: async ({ key }, reader) => reader === "bob" && key === "shared",
    limits: {
      maxObjectBytes: 50_000_000,
      maxPartBytes: 50_000_000,
      minPartBytes: 5_242_880,
      maxBucketsPerOwner: 5,
    },
    region: "us-east-1",
    domains: ["s3.test"],
    admit: () => null,
    maxInFlight: 100,
    now: Date.now,
    newUploadId: () => randomBytes(16).toString("hex"),
    newRequestId: randomUUID,
    explain: () => null,
    onDone: (ending) => endings.push(ending),
    signal: stop.signal,
    ...change,
  });
  const server = createServer(handle).on("checkContinue", handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const clients: S3Client[] = [];
  const client = (who: keyof typeof KEYS = "alice", more = {}) => {
    const made = new S3Client({
      endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: KEYS[who],
      maxAttempts: 1,
      ...more,
    });
    clients.push(made);
    return made;
  };
  return {
    index,
    vault,
    endings,
    port,
    endpoint,
    client,
    async [Symbol.asyncDispose]() {
      for (const one of clients) one.destroy();
      stop.abort();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

export type Served = Awaited<ReturnType<typeof serveGateway>>;
