import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { answer } from "../../src/edge/answer.ts";
import { listenEdge } from "../../src/edge/listen-edge.ts";
import { EDGE_DEFAULTS, type EdgeEvent, type EdgeSettings } from "../../src/edge/settings.ts";
import type { Arrival } from "../../src/exchange.ts";
import { sendRaw, statusesOf } from "../stage.ts";

async function open(
  settings: Partial<EdgeSettings>,
  handle: (arrival: Arrival) => Promise<void> = async (arrival) => answer(arrival, 200, {}, "ok"),
) {
  const events: EdgeEvent[] = [];
  const all = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, ...settings };
  const edge = await listenEdge(all, handle, (event) => events.push(event));
  return { edge, events, [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose]() };
}

const PLAIN = "GET / HTTP/1.1\r\nHost: m\r\n";

test("a client that dribbles its headers is answered 408 and cut off", async () => {
  await using door = await open({ headersTimeoutMs: 100 });
  const answers = await sendRaw(door.edge.port, `${PLAIN}X-Slow: `);
  expect(statusesOf(answers)).toEqual([408]);
  expect(door.events).toMatchObject([{ kind: "request-refused", code: "REQUEST_TIMEOUT" }]);
});

test("a client that sends nothing at all is cut off", async () => {
  await using door = await open({ headersTimeoutMs: 100 });
  expect(statusesOf(await sendRaw(door.edge.port, ""))).toEqual([408]);
});

test("too many fields and too many bytes of them are 431", async () => {
  await using door = await open({ maxHeaderCount: 20, maxHeaderBytes: 4096 });
  const many = Array.from({ length: 21 }, (_, at) => `X-${at}: y\r\n`).join("");
  const tail = "Connection: close\r\n\r\n";
  expect(statusesOf(await sendRaw(door.edge.port, `${PLAIN}${many}${tail}`))).toEqual([431]);
  const long = `X-Long: ${"y".repeat(5000)}\r\n`;
  expect(statusesOf(await sendRaw(door.edge.port, `${PLAIN}${long}${tail}`))).toEqual([431]);
});

test("connections beyond the limit of an address, or of all, are closed unread", async () => {
  await using door = await open({ maxConnectionsPerIp: 2, maxConnections: 3 });
  const hold = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ port: door.edge.port, host: "127.0.0.1", localAddress });
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  };
  const held = [await hold("127.0.0.1"), await hold("127.0.0.1")];
  const third = await hold("127.0.0.1");
  await once(third, "close");
  held.push(await hold("127.0.0.2"));
  const fourth = await hold("127.0.0.3");
  await once(fourth, "close");
  expect(door.events).toEqual([
    { kind: "connection-refused", ip: "127.0.0.1", reason: "too-many-of-ip" },
    { kind: "connection-refused", ip: "127.0.0.3", reason: "too-many" },
  ]);
  const gone = once(held[0] ?? third, "close");
  held[0]?.destroy();
  await gone;
  for (const socket of held) socket.destroy();
});

test("connections of one IPv6 network count as those of one address", async () => {
  const trustedHops = ["127.0.0.1"];
  await using door = await open({ trustedHops, proxyProtocol: true, maxConnectionsPerIp: 1 });
  const arriveFrom = (ip: string) => {
    const socket = connect({ port: door.edge.port, host: "127.0.0.1" });
    socket.write(`PROXY TCP6 ${ip} 2001:db8:9::1 1024 443\r\n${PLAIN}\r\n`);
    return socket;
  };
  const first = arriveFrom("2001:db8::1");
  await once(first, "data");
  const elsewhere = arriveFrom("2001:db8:0:1::1");
  await once(elsewhere, "data");
  await once(arriveFrom("2001:db8::2"), "close");
  expect(door.events).toEqual([
    { kind: "connection-refused", ip: "2001:db8::2", reason: "too-many-of-ip" },
  ]);
  for (const socket of [first, elsewhere]) socket.destroy();
});

test("a connection is closed after so many requests", async () => {
  await using door = await open({ maxRequestsPerConnection: 2 });
  const answers = await sendRaw(door.edge.port, `${PLAIN}\r\n`.repeat(3));
  expect(statusesOf(answers)).toEqual([200, 200]);
  expect(answers.match(/Connection: close/gi)).toHaveLength(1);
});

test("an expectation nobody can meet is 417", async () => {
  await using door = await open({});
  const answers = await sendRaw(
    door.edge.port,
    `${PLAIN}Expect: miracles\r\nConnection: close\r\n\r\n`,
  );
  expect(statusesOf(answers)).toEqual([417]);
});

test("a client that asks for a tunnel and slams the door harms nobody", async () => {
  await using door = await open({});
  for (let time = 0; time < 20; time += 1) {
    const socket = connect(door.edge.port, "127.0.0.1");
    socket.write("CONNECT other:443 HTTP/1.1\r\nHost: other\r\n\r\nand more");
    await once(socket, "data");
    socket.write("and more");
    socket.resetAndDestroy();
    await once(socket, "close");
  }
  expect(statusesOf(await sendRaw(door.edge.port, `${PLAIN}Connection: close\r\n\r\n`))).toEqual([
    200,
  ]);
});

test("a handler that throws is a bug we tell of; its client gets 500", async () => {
  await using door = await open({}, () => Promise.reject(new Error("a bug")));
  const response = await fetch(door.edge.url);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ code: "INTERNAL" });
  expect(door.events).toMatchObject([{ kind: "fault" }]);
});

test("draining finishes what is under way, closes what is idle and takes nothing new", async () => {
  let finish = () => {};
  const arrived = Promise.withResolvers<void>();
  const { edge } = await open({}, async (arrival) => {
    if (arrival.path === "/idle") return answer(arrival, 200, {}, "ok");
    arrived.resolve();
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    answer(arrival, 200, {}, "late but whole");
  });
  const idle = connect(edge.port, "127.0.0.1");
  idle.write(`${PLAIN.replace(" / ", " /idle ")}\r\n`);
  await once(idle, "data");
  const asked = fetch(edge.url);
  await arrived.promise;
  const drained = edge.drain(5_000);
  await once(idle, "close");
  await expect(fetch(edge.url)).rejects.toThrow();
  finish();
  expect(await (await asked).text()).toBe("late but whole");
  await drained;
  expect(edge.connections).toBe(0);
});

test("draining cuts off at the deadline what does not end", async () => {
  const arrived = Promise.withResolvers<void>();
  const { edge } = await open({}, async () => arrived.resolve());
  const cutOff = expect(fetch(edge.url)).rejects.toThrow();
  await arrived.promise;
  await edge.drain(50);
  await cutOff;
});
