import { randomUUID } from "node:crypto";
import { pairRawHeaders, type RawHeaders } from "@neurond/epistula";
import type { Arrival, Incoming, Outgoing, Upgrade } from "../exchange.ts";
import type { TrustedHops } from "./client-address.ts";
import type { Connection } from "./connections.ts";
import type { EdgeRefusal } from "./errors.ts";
import { judgeFields } from "./field-rules.ts";
import { pathOf } from "./target.ts";

export interface ArriveOptions {
  readonly hops: TrustedHops;
  readonly maxHeaderCount: number;
  readonly tls: boolean;
  readonly answerHeaders: readonly string[];
}

/** A request as it came, and why it goes no further, if so. */
export interface Arrived {
  readonly arrival: Arrival;
  readonly refusal: EdgeRefusal | undefined;
}

/** Makes an arrival of a request whose header block is complete. */
export function arrive(
  request: Incoming,
  response: Outgoing,
  connection: Connection,
  special: { readonly expectsContinue: boolean; readonly upgrade: Upgrade | null },
  options: ArriveOptions,
): Arrived {
  const receivedAt = Date.now();
  const { rawHeaders, httpVersionMajor, httpVersionMinor } = request;
  const target = request.url ?? "";
  const path = pathOf(target);
  const fields = judgeFields(
    rawHeaders,
    options.maxHeaderCount,
    httpVersionMajor,
    httpVersionMinor,
  );
  const trusted = connection.trusted ? forwardedBy(request) : undefined;
  const arrival: Arrival = {
    id: randomUUID(),
    head: {
      method: request.method ?? "",
      target,
      headers: httpVersionMajor === 2 ? ordinary(rawHeaders) : pairRawHeaders(rawHeaders),
    },
    path: path ?? "",
    host: "host" in fields ? fields.host : "",
    ip: trusted ? options.hops.clientOf(connection.ip, trusted.chain) : connection.ip,
    secure: options.tls || trusted?.proto === "https",
    receivedAt,
    request,
    response,
    ...special,
    answerHeaders: options.answerHeaders,
  };
  return { arrival, refusal: refusalOf(arrival, path, fields) };
}

function refusalOf(
  { upgrade, request }: Arrival,
  path: string | undefined,
  fields: ReturnType<typeof judgeFields>,
): EdgeRefusal | undefined {
  if ("code" in fields) return fields;
  if (path === undefined) {
    return {
      code: "REQUEST_TARGET_AMBIGUOUS",
      detail: "write the path plainly: it has one spelling",
    };
  }
  const { headers } = request;
  if (upgrade && (headers["content-length"] ?? headers["transfer-encoding"]) !== undefined) {
    return { code: "HEADERS_INVALID", detail: "a websocket handshake has no body" };
  }
  return undefined;
}

/** Several fields mean one list; only hops of ours are asked, who append to what they got. */
function forwardedBy({ headers }: Incoming) {
  const chain = headers["x-forwarded-for"];
  const proto = headers["x-forwarded-proto"];
  return {
    chain: typeof chain === "string" ? chain : chain?.join(","),
    proto: typeof proto === "string" ? proto : undefined,
  };
}

/** HTTP/2 puts the request line among the headers. */
function ordinary(flat: readonly string[]): RawHeaders {
  return pairRawHeaders(flat).filter(([name]) => !name.startsWith(":"));
}
