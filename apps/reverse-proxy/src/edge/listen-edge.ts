import type { Server } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Socket } from "node:net";
import { CodedError } from "@neurond/primitives";
import type { Listening, RuntimeCode } from "@neurond/runtime";
import type { Arrival } from "../exchange.ts";
import { loadCertificates, watchFiles } from "./certificates.ts";
import { TrustedHops } from "./client-address.ts";
import { Connections } from "./connections.ts";
import { drain } from "./drain.ts";
import { receive } from "./receive.ts";
import { plainServer, secureServer } from "./servers.ts";
import type { EdgeEvent, EdgeSettings, EdgeTls } from "./settings.ts";

/** The door, open. Disposing drains without patience. */
export interface Edge extends Listening {
  /** Open connections, those being drained included. */
  readonly connections: number;
  /** Accepts nothing more, lets requests under way finish, and cuts off what has not by the deadline. */
  drain(deadlineMs: number): Promise<void>;
}

/**
 * Listens, and hands in each request that is well-formed and unambiguous; the others are answered
 * here. `handle` answers through `arrival.response` and settles when the request is over.
 *
 * @throws CodedError LISTEN_FAILED, TLS_FILES_INVALID
 */
export async function listenEdge(
  settings: EdgeSettings,
  handle: (arrival: Arrival) => Promise<void>,
  onEvent: (event: EdgeEvent) => void = () => {},
): Promise<Edge> {
  const { tls, maxHeaderCount } = settings;
  const hops = new TrustedHops(settings.trustedHops);
  const connections = new Connections(settings, hops, (ip, reason) =>
    onEvent({ kind: "connection-refused", ip, reason }),
  );
  const { server, watching } = tls
    ? await serveTls(settings, tls, onEvent)
    : { server: plainServer(settings), watching: undefined };
  guard(server, connections);
  receive(server, {
    hops,
    maxHeaderCount,
    tls: tls !== null,
    answerHeaders: hstsOf(tls),
    connections,
    idleMs: settings.keepAliveMs,
    maxRequestsPerConnection: settings.maxRequestsPerConnection,
    handle,
    onEvent,
  });
  const port = await bind(server, settings);
  const end = (deadlineMs: number) => {
    watching?.[Symbol.dispose]();
    return drain(server, connections, deadlineMs);
  };
  return {
    url: `${tls ? "https" : "http"}://${urlHost(settings.host)}:${port}`,
    port,
    get connections() {
      return connections.size;
    },
    drain: end,
    [Symbol.asyncDispose]: () => end(0),
  };
}

/** Puts the limits on connections before what the server does with one. */
function guard(server: Server | Http2SecureServer, connections: Connections): void {
  const attach = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    connections.admit(socket, () => {
      for (const listener of attach) listener.call(server, socket);
    });
  });
}

async function serveTls(settings: EdgeSettings, tls: EdgeTls, onEvent: (event: EdgeEvent) => void) {
  let current = await loadCertificates(tls);
  const server = secureServer(settings, tls, () => current);
  const reload = async () => {
    try {
      const next = await loadCertificates(tls);
      if (next.digest === current.digest) return;
      server.setSecureContext(next.fallback);
      current = next;
      onEvent({ kind: "tls-reloaded" });
    } catch (error) {
      onEvent({ kind: "tls-kept", reason: (error as Error).message });
    }
  };
  return { server, watching: watchFiles(tls, () => void reload()) };
}

function hstsOf(tls: EdgeTls | null): readonly string[] {
  if (!tls || tls.hstsSec === 0) return [];
  return ["Strict-Transport-Security", `max-age=${tls.hstsSec}`];
}

function bind(
  server: Server | Http2SecureServer,
  { host, port }: Pick<EdgeSettings, "host" | "port">,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message = `cannot listen on ${host}:${port} (${cause.code}); is it in use?`;
      reject(new CodedError<RuntimeCode>("LISTEN_FAILED", message, { host, port }, { cause }));
    });
    server.listen({ host, port, backlog: 1_024 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

const urlHost = (host: string) => (host.includes(":") ? `[${host}]` : host);
