import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway, MemoryIndex } from "@neurond/s3";
import type { S3Options } from "../src/index.ts";

/** Our own gateway over memory, with one empty bucket; it verifies every signature. */
export async function startGateway(resources: AsyncDisposableStack): Promise<S3Options> {
  const stop = new AbortController();
  resources.defer(() => stop.abort());
  const blobs = new Map<string, Buffer>();
  const index = new MemoryIndex();
  await index.createBucket({ name: "blobs", owner: "alice", createdMs: 0 }, 1);
  const handle = createGateway({
    index,
    vault: {
      async put(body) {
        const id = randomUUID();
        const bytes = Buffer.concat(await Array.fromAsync(body));
        blobs.set(id, bytes);
        return { id, size: bytes.length };
      },
      async *get(id, range) {
        const { offset = 0, length = Number.POSITIVE_INFINITY } = range ?? {};
        yield (blobs.get(id) ?? Buffer.alloc(0)).subarray(offset, offset + length);
      },
      async remove(id) {
        blobs.delete(id);
      },
    },
    credentials: {
      find: async (key) => (key === "alice" ? { secret: "of alice", owner: "alice" } : null),
    },
    mayRead: async () => false,
    limits: {
      maxObjectBytes: 5e9,
      maxPartBytes: 5e9,
      minPartBytes: 5 << 20,
      maxBucketsPerOwner: 1,
    },
    region: "eu-central-1",
    domains: [],
    admit: () => null,
    maxInFlight: 64,
    now: Date.now,
    newUploadId: randomUUID,
    newRequestId: randomUUID,
    explain: () => null,
    onDone: () => undefined,
    signal: stop.signal,
  });
  const server = createServer(handle).on("checkContinue", handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  resources.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    bucket: "blobs",
    credentials: () => ({ accessKeyId: "alice", secretAccessKey: "of alice" }),
    partBytes: 5 << 20,
    firstDelayMs: 1,
  };
}
