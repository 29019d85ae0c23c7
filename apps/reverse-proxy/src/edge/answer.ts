import type { ServerResponse } from "node:http";
import { constants, type Http2ServerResponse } from "node:http2";
import { lengthOf } from "../body/length.ts";
import type { Arrival, Incoming, Outgoing } from "../exchange.ts";

/** What of a refused upload is still read, so that its sender gets to read the answer. */
const LINGER_BYTES = 1_048_576;
const LINGER_MS = 1_000;

/**
 * Answers in our own words: errors and the built-in endpoints. An object is sent as JSON. Does
 * nothing once an answer has begun or the client has left.
 */
export function answer(
  arrival: Arrival,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | object,
): void {
  const { request, response } = arrival;
  if (response.headersSent || response.destroyed) return;
  const json = typeof body === "object" && !Buffer.isBuffer(body);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(json ? JSON.stringify(body) : body);
  const fields: string[] = [...arrival.answerHeaders, "X-Request-Id", arrival.id];
  if (json) fields.push("Content-Type", "application/json");
  for (const name in headers) fields.push(name, headers[name] ?? "");
  fields.push("Content-Length", String(bytes.length));
  if (isHttp2(response)) {
    writeHeadHttp2(response, status, fields);
    // The rest of an upload nobody wants is refused, not read.
    response.end(bytes, () => isUnread(request) && response.stream?.close());
    return;
  }
  const unread = isUnread(request) || arrival.upgrade !== null;
  if (unread) fields.push("Connection", "close");
  response.writeHead(status, fields);
  if (request.method === "HEAD") response.end();
  else if (unread && arrival.upgrade === null) linger(arrival, response, bytes);
  else response.end(bytes);
}

/**
 * Closing a connection whose input nobody reads resets it, and the answer is lost on the way: so the
 * whole answer goes out first, and a bounded rest of the upload is read and thrown away.
 */
function linger({ request, expectsContinue }: Arrival, response: ServerResponse, bytes: Buffer) {
  if (expectsContinue) {
    response.end(bytes);
    return;
  }
  response.write(bytes);
  let seen = 0;
  const finish = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.on("data", (chunk: Buffer) => {
    seen += chunk.length;
    if (seen > LINGER_BYTES) finish();
  });
  request.on("end", finish);
  request.on("close", finish);
  request.resume();
}

/** Whether there are bytes of a body still to come: without one, nothing is. */
export function isUnread(request: Incoming): boolean {
  return !request.complete && lengthOf(request) !== 0;
}

/** Ends an answer so that no client takes what it has for the whole. */
export function breakOff(response: Outgoing): void {
  if (isHttp2(response)) response.stream?.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

export function isHttp2(response: Outgoing): response is Http2ServerResponse {
  return "stream" in response;
}

/** Repeated fields stay repeated: the array form of `writeHead` keeps only the last of each. */
export function writeHeadHttp2(
  response: Http2ServerResponse,
  status: number,
  fields: readonly string[],
): void {
  const byName = new Map<string, string[]>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = (fields[at] ?? "").toLowerCase();
    const value = fields[at + 1] ?? "";
    const known = byName.get(name);
    if (known) known.push(value);
    else byName.set(name, [value]);
  }
  for (const [name, values] of byName) {
    response.setHeader(name, values.length === 1 ? (values[0] ?? "") : values);
  }
  response.writeHead(status);
}
