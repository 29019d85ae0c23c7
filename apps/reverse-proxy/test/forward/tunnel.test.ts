import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { listenEdge } from "../../src/edge/listen-edge.ts";
import { EDGE_DEFAULTS } from "../../src/edge/settings.ts";
import type { Arrival } from "../../src/exchange.ts";
import { openTunnel, type TunnelLimits } from "../../src/forward/tunnel.ts";
import { exchangeOf } from "../upstream/exchange.ts";

const HANDSHAKE =
  "GET / HTTP/1.1\r\nHost: m\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n";

/** An echo behind a door that opens a tunnel to it for whoever asks. */
async function openEcho(limits: TunnelLimits) {
  const echo = createServer((socket) => socket.pipe(socket).on("error", () => undefined));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  const ended = Promise.withResolvers<readonly [bytesIn: number, bytesOut: number]>();
  const tunnel = async (arrival: Arrival) => {
    const upstream = connect(port, "127.0.0.1");
    const exchange = { ...exchangeOf(), ...arrival };
    openTunnel(exchange, [], upstream, limits, (...bytes) => ended.resolve(bytes));
  };
  const edge = await listenEdge({ ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0 }, tunnel);
  const client = connect(edge.port, "127.0.0.1");
  client.write(HANDSHAKE);
  await once(client, "data");
  return {
    client,
    ended: ended.promise,
    async [Symbol.asyncDispose]() {
      await edge[Symbol.asyncDispose]();
      echo.close();
    },
  };
}

test("a websocket without a byte from either side is closed", async () => {
  await using echo = await openEcho({ idleMs: 60, maxMs: 0 });
  echo.client.write("ping");
  expect(String((await once(echo.client, "data"))[0])).toBe("ping");
  await once(echo.client.resume(), "close");
  expect(await echo.ended).toEqual([4, 4]);
});

test("a websocket that has lasted long enough is closed however busy, to be proven anew", async () => {
  await using echo = await openEcho({ idleMs: 60_000, maxMs: 150 });
  const busy = setInterval(() => echo.client.write("x"), 5);
  echo.client.on("error", () => undefined);
  await once(echo.client.resume(), "close");
  clearInterval(busy);
  const [bytesIn, bytesOut] = await echo.ended;
  expect(Math.min(bytesIn, bytesOut)).toBeGreaterThan(0);
});
