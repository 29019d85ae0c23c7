import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { asLines, closeServer, openStage, sendRaw, signed, statusesOf } from "../stage.ts";

/** Accepts the handshake and sends every byte back. */
async function openEcho() {
  const server = createServer((_request, response) => response.writeHead(426).end("upgrade"));
  const sockets: Socket[] = [];
  server.on("upgrade", (request, socket: Socket, head) => {
    sockets.push(socket);
    const key = request.headers["sec-websocket-key"];
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    if (head.length > 0) socket.write(head);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    sockets,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

const handshake = (target: string, headers: readonly (readonly [string, string])[] = []) =>
  `GET ${target} HTTP/1.1\r\nHost: m\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n${asLines(headers)}\r\n`;

async function read(socket: Socket, bytes: number): Promise<string> {
  let got = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += String(chunk);
    if (got.length >= bytes) break;
  }
  return got;
}

test("a signed handshake opens a websocket, whose bytes go both ways as they are", async () => {
  await using backend = await openEcho();
  await using stage = await openStage({ url: backend.url });
  const client = connect(stage.port, "127.0.0.1");
  client.write(`${handshake("/closed", signed("GET", "/closed"))}early`);
  const opened = await read(client, 150);
  expect(opened).toMatch(/^HTTP\/1\.1 101 /);
  expect(opened).toContain("Sec-WebSocket-Accept: abc".toLowerCase());
  const echoed = opened.includes("early") ? opened : await read(client, 5);
  expect(echoed).toContain("early");
  client.write(Buffer.from([0x81, 0x00, 0xff]));
  expect(await read(client, 3)).toHaveLength(3);
  const [behind] = backend.sockets;
  const closed = once(behind ?? client, "close");
  client.end();
  await closed;
});

test("the backend's end closes the client's", async () => {
  await using backend = await openEcho();
  await using stage = await openStage({ url: backend.url });
  const client = connect(stage.port, "127.0.0.1");
  client.write(handshake("/open/ws"));
  await read(client, 10);
  const closed = once(client, "close");
  client.resume();
  backend.sockets[0]?.destroy();
  await closed;
});

test("a handshake nobody signed reaches no backend", async () => {
  await using backend = await openEcho();
  await using stage = await openStage({ url: backend.url });
  const answers = await sendRaw(stage.port, handshake("/closed"));
  expect(statusesOf(answers)).toEqual([401]);
  expect(backend.sockets).toHaveLength(0);
});

test("a backend that declines the handshake is heard", async () => {
  const server = createServer((_request, response) => response.writeHead(403).end("no"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await using stage = await openStage({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const answers = await sendRaw(stage.port, handshake("/open/ws"));
  expect(statusesOf(answers)).toEqual([403]);
  await closeServer(server);
});

test.each([
  ["unanswered", "", {}, []],
  ["refused for what it expects", "Expect: miracles\r\n", {}, [417]],
  ["the last of its connection", "", { maxRequestsPerConnection: 1 }, []],
])(
  "a handshake behind a request that is %s ends the connection, not the process",
  async (...of) => {
    const [, field, server, statuses] = of;
    await using backend = await openEcho();
    await using stage = await openStage({ url: backend.url, sections: { server } });
    const first = `GET /open/a HTTP/1.1\r\nHost: m\r\n${field}\r\n`;
    const answers = await sendRaw(stage.port, `${first}${handshake("/open/ws")}`);
    expect(statusesOf(answers)).toEqual(statuses);
    expect(backend.sockets).toHaveLength(0);
  },
);
