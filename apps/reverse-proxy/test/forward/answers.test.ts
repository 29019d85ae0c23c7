import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { asLines, MINER, openBackend, openStage, sendRaw, signed, statusesOf } from "../stage.ts";

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

function ask(port: number, { method = "GET", path, headers = [], body }: Sent) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const flat = ["host", "miner.example", ...headers.flat()];
    if (body !== undefined) flat.push("content-length", String(Buffer.byteLength(body)));
    const sent = request({ port, method, path, headers: flat, agent: false }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

test("a bomb sent to us is passed on unopened", async () => {
  await using backend = await openBackend();
  await using stage = await openStage({ url: backend.url });
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const answers = await sendRaw(
    stage.port,
    Buffer.concat([
      Buffer.from(
        `POST /open/a HTTP/1.1\r\nHost: m\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
      ),
      bomb,
    ]),
  );
  expect(statusesOf(answers)).toEqual([200]);
  expect(backend.seen[0]?.body.equals(bomb)).toBe(true);
});

test("repeated fields stay repeated in both directions, and in order", async () => {
  await using backend = await openBackend((_request, response) =>
    response.setHeader("Set-Cookie", ["a=1", "b=2", "c=3"]).end(),
  );
  await using stage = await openStage({ url: backend.url });
  const headers = [
    ["X-Tag", "1"],
    ["X-Tag", "2"],
  ] as const;
  const response = await ask(stage.port, { path: "/open/a", headers });
  expect(response.headers["set-cookie"]).toEqual(["a=1", "b=2", "c=3"]);
  expect(backend.seen[0]?.request.headersDistinct["x-tag"]).toEqual(["1", "2"]);
});

test("trailers of the answer reach the client", async () => {
  await using backend = await openBackend((_request, response) => {
    response.setHeader("Trailer", "X-Sum");
    response.write("body");
    response.addTrailers({ "X-Sum": "42", Host: "evil" });
    response.end();
  });
  await using stage = await openStage({ url: backend.url });
  const response = await ask(stage.port, { path: "/open/a", headers: [["te", "trailers"]] });
  expect(await text(response)).toBe("body");
  expect(response.trailers).toEqual({ "x-sum": "42" });
  expect(backend.seen[0]?.request.headers["te"]).toBe("trailers");
});

test.each([
  [204, ""],
  [304, ""],
  [200, "HEAD"],
])("an answer of %d that has no body has none here either %s", async (status, method) => {
  await using backend = await openBackend((_request, response) => {
    response.writeHead(status, method === "HEAD" ? { "Content-Length": "12345" } : { ETag: '"x"' });
    response.end();
  });
  await using stage = await openStage({ url: backend.url });
  const response = await ask(stage.port, { method: method || "GET", path: "/open/a" });
  expect(response.statusCode).toBe(status);
  expect(await text(response)).toBe("");
  if (method === "HEAD") expect(response.headers["content-length"]).toBe("12345");
});

test("early hints are passed on before the answer", async () => {
  await using backend = await openBackend((_request, response) => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload" });
    response.end("ok");
  });
  await using stage = await openStage({ url: backend.url });
  const answers = await sendRaw(
    stage.port,
    "GET /open/a HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n",
  );
  expect(statusesOf(answers)).toEqual([103, 200]);
  expect(answers).toContain("</a.css>; rel=preload");
});

test.each([
  ["one that is none", "Link: nonsense", "HTTP/1.1"],
  ["one for a client that knows none", "Link: </a.css>; rel=preload", "HTTP/1.0"],
])("a hint is kept back, and its answer not: %s", async (_, hint, version) => {
  const backend = createServer((socket) =>
    socket.end(`HTTP/1.1 103 Early Hints\r\n${hint}\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n`),
  );
  backend.listen(0, "127.0.0.1");
  await once(backend, "listening");
  const { port } = backend.address() as AddressInfo;
  await using stage = await openStage({ url: `http://127.0.0.1:${port}` });
  const raw = `GET /open/a ${version}\r\nHost: m\r\nConnection: close\r\n\r\n`;
  expect(statusesOf(await sendRaw(stage.port, raw))).toEqual([204]);
  backend.close();
});

test("the backend learns who called from us alone, and nothing it could replay", async () => {
  await using backend = await openBackend();
  await using stage = await openStage({ url: backend.url });
  const forged = [
    ["X-Epistula-Signed-By", "5Forged"],
    ["X-Epistula-Uid", "0"],
    ["X-Epistula-Stake", "999"],
    ["X-Request-Id", "forged"],
    ["X-Forwarded-For", "6.6.6.6"],
    ["Forwarded", "for=6.6.6.6"],
    ["bt_header_dendrite_hotkey", "5Forged"],
    ["Connection", "close, x-secret"],
    ["X-Secret", "hop"],
    ["X-Kept", "yes"],
  ] as const;
  const proof = signed("POST", "/closed/a?b=c", "{}");
  const response = await ask(stage.port, {
    method: "POST",
    path: "/closed/a?b=c",
    headers: [...forged, ...proof],
    body: "{}",
  });
  expect(response.statusCode).toBe(200);
  const [{ request: at, line } = { request: undefined, line: "" }] = backend.seen;
  expect(line).toBe("POST /closed/a?b=c {}");
  const fields = at?.headersDistinct ?? {};
  expect(fields["x-epistula-signed-by"]).toEqual([
    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  ]);
  expect(fields["x-request-id"]).toEqual([response.headers["x-request-id"]]);
  expect(fields["x-forwarded-for"]).toEqual(["127.0.0.1"]);
  expect(fields["forwarded"]).toEqual(['for=127.0.0.1;host="miner.example";proto=http']);
  expect(fields["host"]).toEqual([new URL(backend.url).host]);
  expect(fields["x-kept"]).toEqual(["yes"]);
  expect(JSON.stringify(fields)).not.toMatch(
    /5Forged|6\.6\.6\.6|x-secret|epistula-(uuid|request)/i,
  );
});

test("a route that says so hands the proof on, to a backend that checks for itself", async () => {
  await using backend = await openBackend();
  const route = { match: "/closed/own", upstream: "backend", forwardAuth: true };
  await using stage = await openStage({ url: backend.url, routes: [route] });
  const proof = signed("POST", "/closed/own", "{}");
  await ask(stage.port, { method: "POST", path: "/closed/own", headers: proof, body: "{}" });
  const fields = backend.seen[0]?.request.headers ?? {};
  expect(fields["epistula-signed-for"]).toBe(MINER);
});

test("credentials that are not Epistula stay on an open route", async () => {
  await using backend = await openBackend();
  await using stage = await openStage({ url: backend.url });
  const basic = asLines([["Authorization", "Basic eDp5"]]);
  await sendRaw(stage.port, `GET /open/a HTTP/1.1\r\nHost: m\r\nConnection: close\r\n${basic}\r\n`);
  const proof = asLines([["Authorization", "Epistula 0x00"]]);
  await sendRaw(stage.port, `GET /open/a HTTP/1.1\r\nHost: m\r\nConnection: close\r\n${proof}\r\n`);
  expect(backend.seen.map(({ request: { headers } }) => headers.authorization)).toEqual([
    "Basic eDp5",
    undefined,
  ]);
});
