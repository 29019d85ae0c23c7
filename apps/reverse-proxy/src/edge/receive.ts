import { randomUUID } from "node:crypto";
import type { EventEmitter } from "node:events";
import { type IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Arrival, Incoming, Outgoing, Upgrade } from "../exchange.ts";
import { answer, breakOff, isHttp2 } from "./answer.ts";
import { type ArriveOptions, arrive } from "./arrive.ts";
import type { Connections } from "./connections.ts";
import { EDGE_STATUS, type EdgeRefusal } from "./errors.ts";
import { answerRaw, refusalOf } from "./raw-answer.ts";
import type { EdgeEvent } from "./settings.ts";

export interface ReceiveOptions extends ArriveOptions {
  readonly connections: Connections;
  readonly idleMs: number;
  readonly maxRequestsPerConnection: number;
  readonly handle: (arrival: Arrival) => Promise<void>;
  readonly onEvent: (event: EdgeEvent) => void;
}

interface Special {
  readonly expectsContinue: boolean;
  readonly upgrade: Upgrade | null;
}

const PLAIN: Special = { expectsContinue: false, upgrade: null };
const AWAITING: Special = { expectsContinue: true, upgrade: null };

const UNEXPECTED: EdgeRefusal = {
  code: "EXPECTATION_FAILED",
  detail: "only 100-continue is met",
};

/** Hands in what a server parses, whichever protocol, and answers what is not fit to be handed in. */
export function receive(server: EventEmitter, options: ReceiveOptions): void {
  const { connections, maxRequestsPerConnection, onEvent } = options;

  const refuseRaw = (socket: Duplex, refusal: EdgeRefusal) => {
    const ip = connections.find(socket)?.ip ?? "";
    onEvent({ kind: "request-refused", ip, code: refusal.code });
    socket.on("error", () => socket.destroy());
    answerRaw(socket, refusal, randomUUID());
  };

  server.on("request", (request: Incoming, response: Outgoing) =>
    enter(request, response, PLAIN, options),
  );
  server.on("checkContinue", (request: Incoming, response: Outgoing) =>
    enter(request, response, AWAITING, options),
  );
  server.on("checkExpectation", (request: Incoming, response: Outgoing) =>
    enter(request, response, PLAIN, options, UNEXPECTED),
  );
  server.on("connect", (_request: IncomingMessage, socket: Duplex) =>
    refuseRaw(socket, { code: "REQUEST_INVALID", detail: "this is no forward proxy" }),
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    // Behind a request that has no answer yet, or gets none, there is no connection to give away.
    const connection = connections.find(socket);
    if (!connection || connection.underWay > 0 || connection.taken >= maxRequestsPerConnection) {
      socket.destroy();
      return;
    }
    const response = new ServerResponse(request);
    response.assignSocket(request.socket);
    response.once("finish", () => socket.end());
    enter(request, response, { expectsContinue: false, upgrade: { socket, head } }, options);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = refusalOf(error);
    // Written now it would be taken for the answer to the request before, which goes out first.
    const busy = (connections.find(socket)?.underWay ?? 0) > 0;
    if (refusal && !busy && socket.writable) refuseRaw(socket, refusal);
    else socket.destroySoon();
  });
  server.on("secureConnection", (socket: Socket) => {
    const connection = connections.find(socket);
    if (connection) connection.outer = socket;
  });
  server.on("session", (session: ServerHttp2Session) => {
    const connection = connections.find(session.socket);
    if (connection) connection.multiplexed = true;
    session.on("error", () => session.destroy());
    session.setTimeout(options.idleMs, () => {
      if (connection?.underWay === 0) session.close();
    });
  });
}

function enter(
  request: Incoming,
  response: Outgoing,
  special: Special,
  options: ReceiveOptions,
  unfit?: EdgeRefusal,
): void {
  const { connections, maxRequestsPerConnection, handle, onEvent } = options;
  const connection = connections.find(request.socket);
  if (!connection) return; // It closed while its last request was parsed.
  connection.taken += 1;
  if (connection.taken === maxRequestsPerConnection) closeBehind(response);
  // One behind the last would be at work without an answer: its connection closes before.
  if (connection.taken > maxRequestsPerConnection && !isHttp2(response)) return;
  connection.underWay += 1;
  response.once("close", () => {
    connection.underWay -= 1;
  });
  const { arrival, refusal = unfit } = arrive(request, response, connection, special, options);
  if (refusal) {
    onEvent({ kind: "request-refused", ip: arrival.ip, code: refusal.code });
    turnAway(arrival, EDGE_STATUS[refusal.code], refusal);
    return;
  }
  handle(arrival).catch((error: unknown) => {
    onEvent({ kind: "fault", requestId: arrival.id, error });
    turnAway(arrival, 500, { code: "INTERNAL", detail: "Internal server error" });
    if (!response.writableEnded) breakOff(response);
  });
}

/** Ends a connection once what is under way on it is answered. Node's own limit says so and leaves it open. */
function closeBehind(response: Outgoing): void {
  if (isHttp2(response)) response.stream?.session?.close();
  else response.shouldKeepAlive = false;
}

function turnAway(
  arrival: Arrival,
  status: number,
  { code, detail }: { readonly code: string; readonly detail: string },
): void {
  answer(arrival, status, {}, { detail, code, requestId: arrival.id });
}
