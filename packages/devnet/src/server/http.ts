import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { RpcError, SERVER_ERROR } from "../rpc/error.ts";
import type { Services } from "../rpc/method.ts";
import { Session } from "../rpc/session.ts";
import type { Limits } from "./limits.ts";
import { answerMessage, refusal } from "./message.ts";

/** The body of a request; nothing when it is longer than allowed. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > limit) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Serves the methods by POST, without subscriptions. */
export async function serveHttp(
  request: IncomingMessage,
  response: ServerResponse,
  options: {
    readonly services: Services;
    readonly limits: Limits;
    /** Lets web pages of any origin in. */
    readonly cors: boolean;
    readonly onBug: (error: unknown) => void;
  },
): Promise<void> {
  const { services, limits, cors, onBug } = options;
  if (cors) {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "content-type");
  }
  if (request.method === "OPTIONS" && cors) {
    response.writeHead(204).end();
    return;
  }
  if (request.method !== "POST") {
    response.writeHead(405, { allow: "POST" }).end();
    return;
  }
  const body = await readBody(request, limits.messageBytes);
  if (!body) {
    const reason = `Message of more than ${limits.messageBytes} bytes`;
    response.writeHead(413, { "content-type": "application/json", connection: "close" });
    response.end(refusal(new RpcError(SERVER_ERROR, reason)).text);
    return;
  }
  const { delayMs } = services.faults;
  const reply = await answerMessage(new Session(services, onBug), body, limits);
  if (!reply) {
    response.writeHead(204).end();
    return;
  }
  if (delayMs > 0 && !reply.exempt) await delayOrHangUp(response, delayMs);
  response.writeHead(200, { "content-type": "application/json" }).end(reply.text);
}

/** Waits, but no longer than the client does. */
async function delayOrHangUp(response: ServerResponse, delayMs: number): Promise<void> {
  const hangUp = new AbortController();
  response.once("close", () => hangUp.abort());
  await setTimeout(delayMs, undefined, hangUp).catch(() => {});
}
