import type { Duplex } from "node:stream";
import { EDGE_STATUS, type EdgeRefusal } from "./errors.ts";

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  417: "Expectation Failed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** What bytes that are no request deserve, by the parser's error; undefined: nothing at all. */
export function refusalOf(error: NodeJS.ErrnoException): EdgeRefusal | undefined {
  const { code = "" } = error;
  if (code === "HPE_HEADER_OVERFLOW") {
    return { code: "HEADERS_TOO_LARGE", detail: "the header block is too large" };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return { code: "REQUEST_TIMEOUT", detail: "the header block was not complete in time" };
  }
  if (!code.startsWith("HPE_")) return undefined;
  return { code: "REQUEST_INVALID", detail: "not a valid HTTP request" };
}

/** Answers on a connection that has no request, and closes it. */
export function answerRaw(socket: Duplex, { code, detail }: EdgeRefusal, requestId: string): void {
  const body = JSON.stringify({ detail, code, requestId });
  const status = EDGE_STATUS[code];
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Refused"}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    `X-Request-Id: ${requestId}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
