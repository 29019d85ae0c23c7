import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Socket } from "node:net";
import { expect, test } from "vitest";
import type { Served } from "../../src/index.ts";
import { closeServer, openBackend, openStage, sendRaw, signed, statusesOf } from "../stage.ts";

/** A backend that hands each request out as soon as its head is there. */
async function openManual() {
  const arrivals: ServerResponse[] = [];
  let tell = () => {};
  const server = createServer((_request, response) => {
    arrivals.push(response);
    tell();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async next(): Promise<ServerResponse> {
      const waiting = arrivals.shift();
      if (waiting) return waiting;
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
      return this.next();
    },
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

const GET = "GET /open/a HTTP/1.1\r\nHost: m\r\n\r\n";

async function until(socket: Socket, what: RegExp): Promise<string> {
  let got = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += String(chunk);
    if (what.test(got)) return got;
  }
  return got;
}

test("an event stream is passed on event by event, its header block before the first", async () => {
  await using backend = await openManual();
  await using stage = await openStage({ url: backend.url });
  const client = connect(stage.port, "127.0.0.1");
  client.write(GET);
  const response = await backend.next();
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.flushHeaders();
  expect(await until(client, /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200/);
  for (const event of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
    response.write(event);
    expect(await until(client, /\n\n/)).toContain(event);
  }
  client.destroy();
});

test("a backend that takes the request and dies is told as 502, one that is not there too", async () => {
  await using backend = await openManual();
  const stage = await openStage({ url: backend.url });
  const asked = sendRaw(stage.port, GET.replace("Host", "Connection: close\r\nHost"));
  (await backend.next()).destroy();
  expect(statusesOf(await asked)).toEqual([502]);
  expect(await asked).toContain("UPSTREAM_BROKEN");
  await stage[Symbol.asyncDispose]();
  await using nobody = await openStage({ url: "http://127.0.0.1:9" });
  const refused = await sendRaw(nobody.port, GET.replace("Host", "Connection: close\r\nHost"));
  expect(statusesOf(refused)).toEqual([502]);
  expect(refused).toContain("UPSTREAM_UNREACHABLE");
});

test("an answer that breaks off is broken to the client too, never a short success", async () => {
  await using backend = await openManual();
  const endings: Served[] = [];
  await using stage = await openStage({ url: backend.url, onServed: (one) => endings.push(one) });
  for (const headers of [{}, { "Content-Length": "1000" }]) {
    const asked = fetch(`${stage.url}/open/a`);
    const response = await backend.next();
    response.writeHead(200, headers);
    response.write("half");
    const { body } = await asked;
    response.destroy();
    await expect(new Response(body).text()).rejects.toThrow();
  }
  expect(
    endings.map(({ ending }) => ending.kind === "forwarded" && ending.forwarded.failure),
  ).toEqual(["broken", "broken"]);
});

test("a backend that says nothing in time is 504", async () => {
  await using backend = await openManual();
  const route = {
    match: "/open/slow",
    methods: ["GET"],
    upstream: "backend",
    auth: "none",
    timeoutMs: 50,
  };
  await using stage = await openStage({ url: backend.url, routes: [route] });
  const response = await fetch(`${stage.url}/open/slow`);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({
    detail: "Upstream timed out",
    code: "UPSTREAM_TIMEOUT",
  });
});

test("a client that leaves takes its request at the backend with it", async () => {
  await using backend = await openManual();
  await using stage = await openStage({ url: backend.url });
  for (const begun of [false, true]) {
    const client = connect(stage.port, "127.0.0.1");
    client.write(GET);
    const response = await backend.next();
    if (begun) {
      response.write("data: 1\n\n");
      await until(client, /data: 1/);
    }
    const gone = once(response, "close");
    client.destroy();
    await gone;
    expect(response.writableFinished).toBe(false);
  }
});

test("a client that reads slowly makes the backend wait, not us hold its answer", async () => {
  await using backend = await openManual();
  await using stage = await openStage({ url: backend.url });
  const client = connect(stage.port, "127.0.0.1");
  client.pause();
  client.write(GET);
  const response = await backend.next();
  const piece = Buffer.alloc(1 << 20);
  let written = 0;
  while (written < 200 && response.write(piece)) written += 1;
  // Whatever sockets in between hold, it is far from all of it: the backend is asked to wait.
  while (written < 200) {
    const drained = once(response, "drain").then(() => true);
    const stuck = new Promise<boolean>((resolve) => setTimeout(resolve, 150, false));
    if (!(await Promise.race([drained, stuck]))) break;
    response.write(piece);
    written += 1;
  }
  expect(written).toBeLessThan(40);
  client.destroy();
});

test("100 is said only to a caller whose headers the door has let in", async () => {
  await using backend = await openBackend();
  await using stage = await openStage({ url: backend.url });
  const ask = (headers: readonly (readonly [string, string])[]) => {
    const sent = request({
      port: stage.port,
      method: "POST",
      path: "/closed",
      headers: ["Host", "m", "Expect", "100-continue", "Content-Length", "2", ...headers.flat()],
      agent: false,
    });
    sent.flushHeaders();
    return sent;
  };
  const welcome = ask(signed("POST", "/closed", "{}"));
  await once(welcome, "continue");
  welcome.end("{}");
  expect((await once(welcome, "response"))[0].statusCode).toBe(200);
  const stranger = ask([]);
  let continued = false;
  stranger.on("continue", () => {
    continued = true;
  });
  expect((await once(stranger, "response"))[0].statusCode).toBe(401);
  expect(continued).toBe(false);
  stranger.destroy();
});

test("an upload is sent on as it comes where the route is open", async () => {
  await using backend = await openManual();
  await using stage = await openStage({ url: backend.url });
  const client = connect(stage.port, "127.0.0.1");
  client.write(
    "POST /open/a HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  );
  const { req } = await backend.next();
  expect(String((await once(req, "data"))[0])).toBe("hello");
  const broken = expect(once(req, "end")).rejects.toThrow("aborted");
  client.destroy();
  await broken;
  expect(req.complete).toBe(false);
});

test("a backend that answers nonsense is 502", async () => {
  const nonsense = createTcp((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
  nonsense.listen(0, "127.0.0.1");
  await once(nonsense, "listening");
  const { port } = nonsense.address() as AddressInfo;
  await using stage = await openStage({ url: `http://127.0.0.1:${port}` });
  expect((await fetch(`${stage.url}/open/a`)).status).toBe(502);
  nonsense.close();
});
