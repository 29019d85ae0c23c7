import { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Exchange } from "../exchange.ts";

/** How long a tunnel may last. */
export interface TunnelLimits {
  /** Without a byte from either side. */
  readonly idleMs: number;
  /** However busy; 0 for ever. */
  readonly maxMs: number;
}

/**
 * Accepts a websocket for the client and passes bytes both ways, raw: frames are the business of the
 * two ends. Whichever end closes, or breaks, the other is closed too.
 */
export function openTunnel(
  exchange: Exchange,
  headers: readonly string[],
  upstream: Duplex,
  { idleMs, maxMs }: TunnelLimits,
  closed: (bytesIn: number, bytesOut: number) => void,
): void {
  const { upgrade, response, request } = exchange;
  if (!upgrade || !(response instanceof ServerResponse)) {
    upstream.destroy();
    closed(0, 0);
    return;
  }
  const client = upgrade.socket;
  let bytesIn = upgrade.head.length;
  let bytesOut = 0;
  let open = 2;
  const close = () => {
    client.destroy();
    upstream.destroy();
    open -= 1;
    if (open > 0) return;
    clearTimeout(timer);
    closed(bytesIn, bytesOut);
  };
  const timer = maxMs > 0 ? setTimeout(() => client.destroy(), maxMs) : undefined;

  response.detachSocket(request.socket);
  request.socket.setTimeout(idleMs, () => client.destroy());
  client.write(handshake(exchange, headers), "latin1");
  client.on("data", (chunk: Buffer) => {
    bytesIn += chunk.length;
  });
  upstream.on("data", (chunk: Buffer) => {
    bytesOut += chunk.length;
  });
  client.on("close", close);
  upstream.on("close", close);
  upstream.on("error", () => upstream.destroy());
  if (upgrade.head.length > 0) upstream.write(upgrade.head);
  client.pipe(upstream);
  upstream.pipe(client);
}

function handshake({ id }: Exchange, headers: readonly string[]): string {
  let lines = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  for (let at = 0; at + 1 < headers.length; at += 2) {
    lines += `${headers[at]}: ${headers[at + 1]}\r\n`;
  }
  return `${lines}X-Request-Id: ${id}\r\n\r\n`;
}
