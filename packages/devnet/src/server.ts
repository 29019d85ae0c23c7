import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { CodedError } from "@neurond/primitives";
import { WebSocketServer } from "ws";
import type { DevnetCode } from "./errors.ts";
import type { Faults } from "./rpc/faults.ts";
import type { Services } from "./rpc/method.ts";
import { serveHttp } from "./server/http.ts";
import { LIMITS, type Limits } from "./server/limits.ts";
import { serveSocket } from "./server/socket.ts";

export interface ServerOptions {
  readonly services: Omit<Services, "faults">;
  /** 0 takes a free one. */
  readonly port: number;
  /** Loopback unless told otherwise: whoever reaches the server rules the chain. */
  readonly host: string;
  readonly limits?: Partial<Limits>;
  readonly cors?: boolean;
  /** Hears of errors that are nobody's fault but ours. */
  readonly onBug: (error: unknown) => void;
}

export interface RpcServer {
  readonly port: number;
  readonly faults: Faults;
  /** Sockets that are open now. */
  socketCount(): number;
  close(): Promise<void>;
}

/** Serves JSON-RPC by websocket and by POST on one port. @throws CodedError PORT_IN_USE */
export async function listen(options: ServerOptions): Promise<RpcServer> {
  const limits = { ...LIMITS, ...options.limits };
  const { onBug, cors = false } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
  });
  const faults: Faults = {
    delayMs: 0,
    muted: false,
    dropConnections: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
  const services: Services = { ...options.services, faults };
  const server = createServer((request, response) => {
    serveHttp(request, response, { services, limits, cors, onBug }).catch((error: unknown) => {
      // A client that hangs up while it sends is no bug of ours.
      if (!request.destroyed) onBug(error);
      response.destroy();
    });
  });
  // Plain HTTP has its share beside the websockets; beyond that nobody is even greeted.
  server.maxConnections = 2 * limits.sockets;
  server.on("upgrade", (request, socket: Socket, head) => {
    socket.on("error", () => socket.destroy());
    if (sockets.clients.size >= limits.sockets) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
      return;
    }
    socket.setNoDelay(true);
    sockets.handleUpgrade(request, socket, head, (client) =>
      serveSocket(client, services, limits, onBug),
    );
  });
  const port = await bind(server, options.port, options.host);
  return {
    port,
    faults,
    socketCount: () => sockets.clients.size,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      faults.dropConnections();
      server.closeAllConnections();
      sockets.close();
      await closed;
    },
  };
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(bindError(cause, port, host)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function bindError(cause: NodeJS.ErrnoException, port: number, host: string): Error {
  if (cause.code !== "EADDRINUSE") return cause;
  return new CodedError<DevnetCode>(
    "PORT_IN_USE",
    `port ${port} on ${host} is taken: stop what uses it or choose another with --port`,
    { port, host },
    { cause },
  );
}
