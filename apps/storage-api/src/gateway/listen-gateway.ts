import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { limiterMemory, limitOf } from "@neurond/admission";
import { CodedError, isCoded } from "@neurond/primitives";
import type { Listening, Logger, RuntimeCode } from "@neurond/runtime";
import {
  type Credentials,
  createGateway,
  type ObjectIndex,
  type S3Ending,
  type StoredObject,
  s3Error,
  type Vault,
} from "@neurond/s3";
import type { Config } from "../config.ts";
import { S3_NAMES } from "../errors.ts";
import type { StorageApiMetrics } from "../metrics.ts";
import { addressKey } from "./address-key.ts";

export interface GatewayDeps {
  readonly index: ObjectIndex;
  readonly vault: Vault;
  readonly credentials: Credentials;
  readonly mayRead: (object: StoredObject, reader: string) => Promise<boolean>;
  readonly metrics: Pick<StorageApiMetrics, "s3Requests" | "s3Seconds">;
  readonly log: Logger;
  readonly now: () => number;
}

const HEADERS_MS = 20_000;
const MAX_HEADER_BYTES = 32_768;
const MAX_CONNECTIONS = 4096;
/** What is under way when we stop may take so long to end. */
const DRAIN_MS = 8_000;

/** Listens for clients of S3. Disposing lets requests under way end, for a while. */
export async function listenGateway(
  deps: GatewayDeps,
  config: Config["gateway"],
): Promise<Listening> {
  const { metrics, log } = deps;
  const stop = new AbortController();
  const limiter = limiterMemory();
  const limit = limitOf({ requests: config.requestsPerMinute, perMs: 60_000 });
  const admit = ({ socket }: IncomingMessage) => {
    const key = addressKey(socket.remoteAddress);
    const taken = limiter.take([{ key, limit }], performance.now());
    return taken.allowed ? null : Math.max(1, Math.ceil(taken.retryAfterMs / 1000));
  };
  const onDone = ({ requestId, operation, code, status, seconds, fault }: S3Ending) => {
    metrics.s3Requests.inc({ operation, code: code ?? (status === 499 ? "ClientLeft" : "none") });
    metrics.s3Seconds.observe({ operation }, seconds);
    if (fault !== null)
      log.error({ error: fault, requestId, operation, status }, "s3 request failed");
  };
  const { maxObjectBytes, minPartBytes, maxBucketsPerOwner } = config;
  const limits = { maxObjectBytes, maxPartBytes: maxObjectBytes, minPartBytes, maxBucketsPerOwner };
  const handle = createGateway({
    ...deps,
    limits,
    region: config.region,
    domains: config.domains,
    maxInFlight: config.maxInFlight,
    admit,
    newUploadId: () => randomBytes(24).toString("base64url"),
    newRequestId: randomUUID,
    explain,
    onDone,
    signal: stop.signal,
  });
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    // A long upload is no fault; one on which nothing moves is.
    requestTimeout: 0,
    keepAliveTimeout: 72_000,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(config.idleSeconds * 1000);
  server.on("request", handle).on("checkContinue", handle);
  server.listen(config.port, config.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const { host, port } = config;
    const message = `cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code}); is it in use?`;
    throw new CodedError<RuntimeCode>("LISTEN_FAILED", message, { host, port }, { cause });
  }
  const { port } = server.address() as AddressInfo;
  const closed = once(server, "close");
  return {
    url: `http://${config.host}:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeIdleConnections();
      const waited = new AbortController();
      await Promise.race([closed, sleep(DRAIN_MS, undefined, { signal: waited.signal })]).catch(
        () => undefined,
      );
      waited.abort();
      stop.abort();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a fault of the disk or the database is called by clients of S3. */
function explain(fault: unknown) {
  if (!isCoded(fault)) return null;
  const code = S3_NAMES[fault.code];
  return code === undefined ? null : s3Error(code, fault.message, {}, { cause: fault });
}
