import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type DevnetOptions, startDevnet } from "../../src/index.ts";
import { Client } from "../rpc/client.ts";

const start = (options: DevnetOptions = {}) =>
  startDevnet({ preset: "empty", beacon: false, mode: "manual", ...options });

const post = async (url: string, body: string) => {
  const response = await fetch(url.replace("ws:", "http:"), { method: "POST", body });
  return { status: response.status, body: await response.text(), headers: response.headers };
};

const request = (id: number, method = "system_chain") => ({ jsonrpc: "2.0", id, method });

describe("the server", () => {
  it("answers POST as it answers a socket, without subscriptions", async () => {
    await using net = await start();
    const single = await post(net.url, JSON.stringify(request(1)));
    expect(JSON.parse(single.body)).toEqual({ jsonrpc: "2.0", result: "Bittensor", id: 1 });
    expect(single.headers.get("access-control-allow-origin")).toBeNull();
    const sub = await post(net.url, JSON.stringify(request(2, "chain_subscribeNewHeads")));
    expect(JSON.parse(sub.body)).toMatchObject({ error: { code: -32601 }, id: 2 });
    expect((await fetch(net.url.replace("ws:", "http:"))).status).toBe(405);
  });

  it("lets web pages in only when told to", async () => {
    await using net = await start({ cors: true });
    const { headers } = await post(net.url, JSON.stringify(request(1)));
    expect(headers.get("access-control-allow-origin")).toBe("*");
  });

  it("answers a batch as a batch, and each bad request in it by itself", async () => {
    await using net = await start();
    const batch = [request(1), { jsonrpc: "2.0", id: 2 }, 5, request(3, "no_such")];
    const { body } = await post(net.url, JSON.stringify(batch));
    expect(JSON.parse(body)).toEqual([
      { jsonrpc: "2.0", result: "Bittensor", id: 1 },
      { jsonrpc: "2.0", error: { code: -32600, message: "Invalid request" }, id: 2 },
      { jsonrpc: "2.0", error: { code: -32600, message: "Invalid request" }, id: null },
      { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: 3 },
    ]);
    expect(JSON.parse((await post(net.url, "[]")).body)).toMatchObject({ error: { code: -32600 } });
  });

  it("says nothing to a notification", async () => {
    await using net = await start();
    expect((await post(net.url, '{"jsonrpc":"2.0","method":"system_chain"}')).status).toBe(204);
  });

  it("refuses what is too long, too deep or too many", async () => {
    await using net = await start({ limits: { messageBytes: 10_000, batch: 5 } });
    const long = await post(net.url, JSON.stringify(request(1)).padEnd(10_001));
    expect(long.status).toBe(413);
    const deep = await post(net.url, "[".repeat(5_000));
    expect(JSON.parse(deep.body)).toMatchObject({ error: { code: -32600 } });
    const many = await post(net.url, JSON.stringify([1, 2, 3, 4, 5, 6].map((id) => request(id))));
    expect(JSON.parse(many.body)).toMatchObject({ error: { code: -32000 } });
    await using client = await Client.connect(net.url);
    client.socket.send(" ".repeat(10_001));
    const [code] = await once(client.socket, "close");
    expect(code).toBe(1009);
  });

  it("stops a batch whose answers would fill its memory", async () => {
    await using net = await start({ limits: { answerBytes: 2_000_000 } });
    const batch = Array.from({ length: 900 }, (_, id) => request(id, "state_getMetadata"));
    expect(JSON.parse((await post(net.url, JSON.stringify(batch))).body)).toMatchObject({
      error: { code: -32000, message: expect.stringContaining("2000000") },
    });
  });

  it("hangs up on what is no HTTP, and lives", async () => {
    await using net = await start();
    for (const noise of ["\0\0\0\0\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"]) {
      const socket = connect(net.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.end(noise);
      socket.resume();
      await once(socket, "close");
    }
    expect((await post(net.url, JSON.stringify(request(1)))).status).toBe(200);
  });

  it("does not mistake brackets in text for nesting", async () => {
    await using net = await start();
    const method = `"\\"${"[".repeat(100)}`;
    const body = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)}}`;
    expect(JSON.parse((await post(net.url, body)).body)).toMatchObject({ error: { code: -32601 } });
  });

  it("keeps hundreds of sockets, and no more than it is told", async () => {
    await using net = await start({ limits: { sockets: 300 } });
    const clients = await Promise.all(Array.from({ length: 300 }, () => Client.connect(net.url)));
    const names = await Promise.all(clients.map((client) => client.call("system_chain")));
    expect(new Set(names)).toEqual(new Set(["Bittensor"]));
    const refused = new WebSocket(net.url);
    const [error] = await once(refused, "error");
    expect(error).toMatchObject({ message: expect.stringContaining("503") });
    for (const client of clients) client.socket.terminate();
    while (net.socketCount() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await using again = await Client.connect(net.url);
    expect(await again.call("system_chain")).toBe("Bittensor");
  });

  it("refuses more requests than it may owe answers to", async () => {
    await using net = await start({ limits: { inFlight: 10 } });
    await using client = await Client.connect(net.url);
    net.delayAnswers(60_000);
    for (let id = 100; id < 120; id += 1) client.socket.send(JSON.stringify(request(id)));
    while (client.frames.length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(client.frames[0]).toMatchObject({
      error: { code: -32000, message: expect.stringContaining("in flight") },
    });
    expect(client.frames).toHaveLength(10);
  });

  it("cuts off who asks and does not read", async () => {
    await using net = await start({ limits: { backlogBytes: 3_000_000 } });
    const client = await Client.connect(net.url);
    client.socket.pause();
    const closed = once(client.socket, "close");
    for (let id = 0; id < 60; id += 1)
      client.socket.send(JSON.stringify(request(id, "state_getMetadata")));
    while (net.socketCount() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    client.socket.resume();
    await closed;
  });

  it("drops a socket whose other end is gone", async () => {
    await using net = await start({ limits: { pingMs: 30 } });
    const client = await Client.connect(net.url);
    client.socket.pause();
    while (net.socketCount() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    client.socket.terminate();
  });

  it("leaves nothing behind when it closes", async () => {
    const before = process.getActiveResourcesInfo().length;
    const net = await start({ mode: "interval", blockTimeMs: 10 });
    const client = await Client.connect(net.url);
    await client.call("chain_subscribeNewHeads");
    client.call("dev_delayAnswers", 100_000).catch(() => {});
    client.call("system_chain").catch(() => {});
    const closed = once(client.socket, "close");
    await net.close();
    await closed;
    await net.close();
    await expect(fetch(net.url.replace("ws:", "http:"))).rejects.toThrow();
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 1);
  });
});
