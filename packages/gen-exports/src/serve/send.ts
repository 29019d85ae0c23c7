import { createReadStream, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Answer } from "./routes.ts";

const RANGE = /^bytes=(\d+)-$/;

/** Sends the whole, or the rest from where a client stopped. Rejects when the client hangs up. */
export async function send(
  response: ServerResponse,
  full: Answer,
  request: IncomingMessage,
): Promise<void> {
  const { length } = full.body;
  const [, from] = RANGE.exec(request.headers.range ?? "") ?? [];
  const isPart = from !== undefined && full.status === 200;
  const start = isPart ? Number(from) : 0;
  if (isPart && start >= length) {
    response.writeHead(416, { "content-range": `bytes */${length}` }).end();
    return;
  }
  const range = isPart ? { "content-range": `bytes ${start}-${length - 1}/${length}` } : {};
  response.writeHead(isPart ? 206 : full.status, { ...headersOf(full, length - start), ...range });
  if (request.method === "HEAD") response.end();
  else await sendBody(response, full, start);
}

/** Sends the first half of a body that was announced as a whole, and hangs up. */
export async function sendHalf(response: ServerResponse, full: Answer): Promise<void> {
  response.writeHead(full.status, headersOf(full, full.body.length));
  const half = bytesOf(full).subarray(0, Math.floor(full.body.length / 2));
  await new Promise((resolve) => response.write(half, resolve));
  response.destroy();
}

/** The body at once. */
export const bytesOf = ({ body }: Answer): Uint8Array =>
  "file" in body ? readFileSync(body.file) : body;

/** Headers of a body of this length. */
export function headersOf(
  { type, attachment }: Answer,
  length: number,
): Record<string, string | number> {
  const named =
    attachment === undefined
      ? {}
      : { "content-disposition": `attachment; filename="${attachment}"` };
  return { "content-type": type, "content-length": length, "accept-ranges": "bytes", ...named };
}

async function sendBody(response: ServerResponse, { body }: Answer, start: number): Promise<void> {
  if ("file" in body) await pipeline(createReadStream(body.file, { start }), response);
  else response.end(body.subarray(start));
}
