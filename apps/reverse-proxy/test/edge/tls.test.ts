import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answer } from "../../src/edge/answer.ts";
import { listenEdge } from "../../src/edge/listen-edge.ts";
import { EDGE_DEFAULTS, type EdgeEvent, type EdgeTls } from "../../src/edge/settings.ts";
import type { Arrival } from "../../src/exchange.ts";
import { openBackend, openStage, signed } from "../stage.ts";

const fixture = (name: string) => new URL(`../vectors/tls/${name}`, import.meta.url).pathname;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-tls-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function install(name: string): Promise<EdgeTls> {
  const certFile = join(directory, "cert.pem");
  const keyFile = join(directory, "key.pem");
  await copyFile(fixture(`${name}.key`), keyFile);
  await copyFile(fixture(`${name}.crt`), certFile);
  return { certificates: [{ certFile, keyFile, names: [] }], clientCaFile: null, hstsSec: 60 };
}

const hello = async (arrival: Arrival) => answer(arrival, 200, {}, arrival.host);

/** The subject that a client asking for `servername` is shown. */
async function shown(port: number, servername: string): Promise<string> {
  const socket = connectTls({ port, host: "127.0.0.1", servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const subject = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(subject);
}

test("new certificate files are taken together; broken ones leave the old in force", async () => {
  const tls = await install("one.test");
  const events: EdgeEvent[] = [];
  let tell = () => {};
  const heard = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls };
  await using edge = await listenEdge(settings, hello, (event) => {
    events.push(event);
    tell();
  });
  expect(await shown(edge.port, "one.test")).toBe("one.test");
  const broken = heard();
  await writeFile(join(directory, "cert.pem"), "no certificate");
  await broken;
  expect(events.map(({ kind }) => kind)).toEqual(["tls-kept"]);
  expect(await shown(edge.port, "one.test")).toBe("one.test");
  const renewed = heard();
  await install("two.test");
  await renewed;
  expect(events.at(-1)?.kind).toBe("tls-reloaded");
  expect(await shown(edge.port, "one.test")).toBe("two.test");
});

test("what else changes in the directory of certificates is no news", async () => {
  const tls = await install("one.test");
  const events: EdgeEvent[] = [];
  const told = Promise.withResolvers<void>();
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls };
  await using edge = await listenEdge(settings, hello, (event) => {
    events.push(event);
    told.resolve();
  });
  await writeFile(join(directory, "proxy.log"), "a line");
  // Longer than files are given to rest.
  await sleep(500);
  expect(events).toEqual([]);
  await install("two.test");
  await told.promise;
  expect(await shown(edge.port, "one.test")).toBe("two.test");
  expect(events.map(({ kind }) => kind)).toEqual(["tls-reloaded"]);
});

test("each host name gets its own certificate, any other the first", async () => {
  const tls = await install("one.test");
  const two = { certFile: fixture("two.test.crt"), keyFile: fixture("two.test.key"), names: [] };
  const both = { ...tls, certificates: [...tls.certificates, two] };
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls: both };
  await using edge = await listenEdge(settings, hello);
  expect(await shown(edge.port, "two.test")).toBe("two.test");
  expect(await shown(edge.port, "a.two.test")).toBe("two.test");
  expect(await shown(edge.port, "one.test")).toBe("one.test");
  expect(await shown(edge.port, "unheard-of.test")).toBe("one.test");
});

test("files that do not fit together are refused at start, by name", async () => {
  const tls = await install("one.test");
  await copyFile(fixture("two.test.key"), join(directory, "key.pem"));
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls };
  await expect(listenEdge(settings, hello)).rejects.toMatchObject({ code: "TLS_FILES_INVALID" });
});

test("nothing older than TLS 1.2 is spoken, and browsers are told to keep to https", async () => {
  const tls = await install("one.test");
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls };
  await using edge = await listenEdge(settings, hello);
  const old = connectTls({
    port: edge.port,
    rejectUnauthorized: false,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
  });
  await expect(once(old, "secureConnect")).rejects.toThrow();
  const asked = get(`${edge.url}/`, { rejectUnauthorized: false, agent: false });
  const [response] = await once(asked, "response");
  expect(response.headers["strict-transport-security"]).toBe("max-age=60");
  expect(await text(response)).toBe(`127.0.0.1:${edge.port}`);
});

test("HTTP/2 callers are served like others: signed, refused, streamed, many on one connection", async () => {
  const tls = await install("one.test");
  await using backend = await openBackend((_request, response) =>
    response.setHeader("Set-Cookie", ["a=1", "b=2"]).end("from behind"),
  );
  const files = tls.certificates[0];
  const sections = { tls: { certFile: files?.certFile, keyFile: files?.keyFile } };
  await using stage = await openStage({ url: backend.url, sections });
  const session = connectHttp2(stage.url, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  const ask = async (headers: Record<string, string | string[]>, body = "") => {
    const stream = session.request(headers);
    if (body !== "") stream.end(body);
    const [answered] = await once(stream, "response");
    return {
      status: answered[":status"],
      cookies: answered["set-cookie"],
      body: await text(stream),
    };
  };
  const names = (pairs: readonly (readonly [string, string])[]) =>
    Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  const head = { ":method": "POST", ":path": "/closed?x=1" };
  const whole = { ...head, ...names(signed("POST", "/closed?x=1", "{}")), cookie: ["c=1", "d=2"] };
  const answers = await Promise.all([
    ask(whole, "{}"),
    ask(head, "{}"),
    ask({ ":path": "/open/../closed" }),
    ask({ ":path": "/open/a", ":authority": "miner.test", host: "other.test" }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 400, 400]);
  expect(answers[0]).toMatchObject({ cookies: ["a=1", "b=2"], body: "from behind" });
  expect(backend.seen.map(({ line }) => line)).toEqual(["POST /closed?x=1 {}"]);
  expect(backend.seen[0]?.request.headers).toMatchObject({
    cookie: "c=1; d=2",
    "x-forwarded-proto": "https",
    "x-forwarded-host": `127.0.0.1:${stage.port}`,
  });
  session.close();
});

test("a broken answer is broken over HTTP/2 too", async () => {
  const tls = await install("one.test");
  await using backend = await openBackend((_request, response) => {
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const files = tls.certificates[0];
  const sections = { tls: { certFile: files?.certFile, keyFile: files?.keyFile } };
  await using stage = await openStage({ url: backend.url, sections });
  const session = connectHttp2(stage.url, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  const stream = session.request({ ":path": "/open/a" });
  await expect(text(stream)).rejects.toThrow();
  session.destroy();
});

test("an HTTP/2 session is closed after so many requests, each of them answered", async () => {
  const tls = await install("one.test");
  const settings = { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0, tls };
  await using edge = await listenEdge({ ...settings, maxRequestsPerConnection: 2 }, hello);
  const session = connectHttp2(edge.url, { rejectUnauthorized: false });
  const closed = once(session, "close");
  const asked = () => text(session.request({ ":path": "/", ":authority": "m" }));
  expect(await Promise.all([asked(), asked()])).toEqual(["m", "m"]);
  await closed;
});
