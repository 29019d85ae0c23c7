import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePorts, isPortFree } from "../../src/commands/localnet/ports.ts";
import { startRelay } from "../../src/commands/localnet/relay.ts";

const HOST = "127.0.0.1";

async function relayed() {
  const server = createServer((request, response) => {
    request.pipe(response);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const to = (server.address() as AddressInfo).port;
  const from = (await freePorts(HOST, ["relay"]))["relay"] ?? 0;
  const relay = await startRelay(HOST, { from, to });
  return { relay, from, ask: (body: string) => ask(from, body) };
}

async function ask(port: number, body: string) {
  const start = performance.now();
  const response = await fetch(`http://${HOST}:${port}`, { method: "POST", body });
  return { text: await response.text(), elapsedMs: performance.now() - start };
}

test("a relay hands over every byte, and is late when it is told to be", async () => {
  const { relay, ask } = await relayed();
  await using _ = relay;
  const body = "x".repeat(300_000);
  expect((await ask(body)).text).toBe(body);
  relay.delay(300);
  const late = await ask("late");
  expect(late.text).toBe("late");
  expect(late.elapsedMs).toBeGreaterThan(290);
});

test("a relay that is disposed of leaves no port", async () => {
  const { relay, from } = await relayed();
  expect(await isPortFree(HOST, from)).toBe(false);
  await relay[Symbol.asyncDispose]();
  expect(await isPortFree(HOST, from)).toBe(true);
});

test("free ports are all different, and wished ones stay unless they are taken", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `port-${index}`);
  const ports = await freePorts(HOST, names);
  expect(new Set(Object.values(ports)).size).toBe(20);
  expect(await freePorts(HOST, names, ports)).toEqual(ports);
  const taken = createServer().listen(ports["port-0"], HOST);
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const others = await freePorts(HOST, names, ports);
  expect(others["port-0"]).not.toBe(ports["port-0"]);
  expect(others["port-1"]).toBe(ports["port-1"]);
});
