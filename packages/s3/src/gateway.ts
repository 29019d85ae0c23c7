import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { CodedError } from "@neurond/primitives";
import { openPayload, type PayloadRules } from "./body/payload.ts";
import { type Route, routeOf } from "./dispatch.ts";
import { isS3Error, S3_STATUS, type S3Code, s3Error } from "./errors.ts";
import { readHead, type S3Head } from "./head.ts";
import { checkKey, isBucketName } from "./names.ts";
import { checkUnsupported } from "./object-headers.ts";
import type { S3Answer, S3Call, S3Services } from "./operation.ts";
import { type Credentials, verifyHead } from "./sigv4/verify.ts";
import { writeErrorXml } from "./xml/write.ts";

/** How a request ended, for counters and logs. */
export interface S3Ending {
  readonly requestId: string;
  /** Of S3; "Unknown" where the request did not get so far. */
  readonly operation: string;
  /** 499 when the client left before the end. */
  readonly status: number;
  readonly code: S3Code | null;
  readonly seconds: number;
  /** The cause of an `InternalError` or of a connection that broke. */
  readonly fault: unknown;
}

/** What a gateway is made of. */
export interface GatewayOptions extends S3Services {
  readonly credentials: Credentials;
  /** Hosts below which the first label is a bucket. */
  readonly domains: readonly string[];
  /** Before anything is computed: seconds an address has to wait, or null. */
  readonly admit: (request: IncomingMessage) => number | null;
  /** Requests being served at once; more get SlowDown. */
  readonly maxInFlight: number;
  readonly newRequestId: () => string;
  /** What a fault of a dependency is to a client; null is an InternalError. */
  readonly explain: (fault: unknown) => CodedError<S3Code> | null;
  readonly onDone: (ending: S3Ending) => void;
  /** Ends requests under way. */
  readonly signal: AbortSignal;
}

/** Serves one request of node:http; never rejects. */
export type S3Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** S3 over an index and a vault. Give it to a server's `request` and `checkContinue`. */
export function createGateway(options: GatewayOptions): S3Handler {
  let inFlight = 0;
  return async (request, response) => {
    const started = performance.now();
    const requestId = options.newRequestId();
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("server", "neurond");
    let route: Route | undefined;
    let code: S3Code | null = null;
    let fault: unknown = null;
    let hasLeft = false;
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, options.signal]);
    inFlight += 1;
    try {
      const waitSec = options.admit(request) ?? (inFlight > options.maxInFlight ? 1 : null);
      if (waitSec !== null) {
        response.setHeader("retry-after", String(waitSec));
        throw s3Error("SlowDown");
      }
      const head = readHead(request, options.domains);
      const call = await openCall(request, response, head, options, signal);
      route = routeOf(head, call.option("x-amz-copy-source") !== undefined);
      checkNames(head, route);
      checkUnsupported(call.option);
      if (route.hasBody === undefined) checkNoBody(call);
      await send(response, await route.operation(call));
    } catch (error) {
      hasLeft = gone.signal.aborted;
      if (hasLeft) return;
      const refusal = isS3Error(error) ? error : options.explain(error);
      if (refusal !== error) fault = error;
      code = refusal?.code ?? "InternalError";
      refuse(request, response, refusal ?? s3Error("InternalError", "internal error"), requestId);
    } finally {
      inFlight -= 1;
      const seconds = (performance.now() - started) / 1000;
      const status = hasLeft ? 499 : response.statusCode;
      options.onDone({
        requestId,
        operation: route?.name ?? "Unknown",
        status,
        code,
        seconds,
        fault,
      });
    }
  };
}

async function openCall(
  request: IncomingMessage,
  response: ServerResponse,
  head: S3Head,
  services: GatewayOptions,
  signal: AbortSignal,
): Promise<S3Call> {
  const verified = await verifyHead(head, services.credentials, services.now());
  const isPresigned = verified.claim.expiresSec !== null;
  const fromQuery = (name: string) =>
    isPresigned && name.startsWith("x-amz-")
      ? [...head.query].find(([parameter]) => parameter.toLowerCase() === name)?.[1]
      : undefined;
  return {
    head,
    bucket: head.target.bucket ?? "",
    key: head.target.key ?? "",
    caller: verified.owner,
    services,
    signal,
    option: (name) => head.header(name) ?? fromQuery(name),
    payload: (rules: PayloadRules) => openPayload(bodyOf(request, response), head, verified, rules),
  };
}

/** The body, which a client that asked is told to send only now. */
async function* bodyOf(request: IncomingMessage, response: ServerResponse) {
  if (request.headers.expect?.toLowerCase() === "100-continue") response.writeContinue();
  // Left early it must stay open: the answer goes over the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array;
}

function checkNoBody({ head }: S3Call): void {
  const length = head.header("content-length") ?? "0";
  if (head.header("transfer-encoding") !== undefined || !/^0*$/.test(length)) {
    throw s3Error("InvalidRequest", "the operation takes no body");
  }
}

function checkNames({ target: { bucket, key } }: S3Head, { name }: Route): void {
  if (bucket !== null && name !== "CreateBucket" && !isBucketName(bucket)) {
    throw s3Error("InvalidBucketName", undefined, { BucketName: bucket.slice(0, 64) });
  }
  if (key !== null) checkKey(key);
}

async function send(response: ServerResponse, answer: S3Answer): Promise<void> {
  const { status, headers = {}, body } = answer;
  const length = typeof body === "string" ? Buffer.byteLength(body) : answer.length;
  response.writeHead(status, {
    ...headers,
    ...(status !== 204 && status !== 304 && { "content-length": String(length ?? 0) }),
  });
  if (body === undefined || typeof body === "string") {
    response.end(body);
    await finished(response);
    return;
  }
  await pipeline(Readable.from(body, { objectMode: false, highWaterMark: 65_536 }), response);
}

/** How long, and how much, of a body nobody wants is read so that its sender hears the answer. */
const DRAIN_MS = 2_000;
const DRAIN_BYTES = 4_194_304;

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: CodedError<S3Code>,
  requestId: string,
): void {
  if (response.headersSent) {
    // A shorter answer than promised is all that can still be said.
    response.destroy();
    return;
  }
  const status = S3_STATUS[refusal.code] ?? 500;
  const [path = "/"] = (request.url ?? "/").split("?");
  const details = Object.entries(refusal.context).map(([name, value]) => [name, String(value)]);
  const body = writeErrorXml({
    Code: refusal.code,
    Message: refusal.message,
    ...Object.fromEntries(details),
    Resource: path.slice(0, 2048),
    RequestId: requestId,
    HostId: "neurond",
  });
  const isUnread = !request.complete && (request.headers["content-length"] ?? "0") !== "0";
  response.writeHead(status, {
    "content-type": "application/xml",
    ...(request.method !== "HEAD" && { "content-length": String(Buffer.byteLength(body)) }),
    ...(isUnread && { connection: "close" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
  // On its own: who sends what nobody wants takes no place from others.
  if (isUnread) void drain(request);
}

async function drain(request: IncomingMessage): Promise<void> {
  let bytes = 0;
  request.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > DRAIN_BYTES) request.destroy();
  });
  // A reader that stopped in the middle still listens, and would keep the rest from flowing.
  request.removeAllListeners("readable").resume();
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  await finished(request).catch(() => undefined);
  clearTimeout(timer);
}
