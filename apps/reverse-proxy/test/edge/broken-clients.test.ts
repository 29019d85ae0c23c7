import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { answer } from "../../src/edge/answer.ts";
import { listenEdge } from "../../src/edge/listen-edge.ts";
import { EDGE_DEFAULTS, type EdgeEvent, type EdgeTls } from "../../src/edge/settings.ts";
import type { Arrival } from "../../src/exchange.ts";
import { clientSink } from "../../src/forward/client-sink.ts";

const fixture = (name: string) => new URL(`../vectors/tls/${name}`, import.meta.url).pathname;
const TLS: EdgeTls = {
  certificates: [
    { certFile: fixture("one.test.crt"), keyFile: fixture("one.test.key"), names: [] },
  ],
  clientCaFile: null,
  hstsSec: 0,
};

/** A door whose requests are left to the test. */
async function open(tls: EdgeTls | null) {
  const arrived = Promise.withResolvers<Arrival>();
  const events: EdgeEvent[] = [];
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls };
  const done = Promise.withResolvers<void>();
  const handle = (arrival: Arrival) => {
    arrived.resolve(arrival);
    return done.promise;
  };
  const edge = await listenEdge(settings, handle, (event) => events.push(event));
  return {
    edge,
    events,
    arrived: arrived.promise,
    async [Symbol.asyncDispose]() {
      done.resolve();
      await edge[Symbol.asyncDispose]();
    },
  };
}

test.each([
  ["its request", constants.NGHTTP2_INTERNAL_ERROR],
  ["its request as a protocol error", constants.NGHTTP2_PROTOCOL_ERROR],
])(
  "an HTTP/2 client that breaks off %s harms nobody, nor does what comes for it later",
  async (_, code) => {
    await using door = await open(TLS);
    const session = connectHttp2(door.edge.url, { rejectUnauthorized: false });
    session.on("error", () => undefined);
    const request = session.request({ ":path": "/", ":authority": "m" });
    request.on("error", () => undefined);
    const arrival = await door.arrived;
    const gone = once(arrival.response, "close");
    request.close(code);
    await gone;
    const sink = clientSink(arrival);
    sink.start(200, ["content-type", "text/plain"]);
    sink.write(Buffer.from("late"));
    sink.end([]);
    answer(arrival, 200, {}, "late");
    await sleep(20);
    session.destroy();
    expect(door.events).toEqual([]);
  },
);

test("what comes for a client that has left is written nowhere, and harms nobody", async () => {
  await using door = await open(null);
  const client: Socket = connect(door.edge.port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nHost: m\r\n\r\n");
  const arrival = await door.arrived;
  const gone = once(arrival.response, "close");
  client.resetAndDestroy();
  await gone;
  const sink = clientSink(arrival);
  sink.start(200, ["content-type", "text/plain"]);
  sink.write(Buffer.from("late"));
  sink.end([]);
  await sleep(20);
  expect(door.events).toEqual([]);
});
