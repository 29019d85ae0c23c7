import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromUri } from "@neurond/crypto";
import { admitAnyone, checkInline, defineAuthPolicy, replayMemory } from "@neurond/epistula";
import { CodedError, hotkeyOf, toNetuid } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type App,
  authenticated,
  authenticatedStream,
  createApp,
  createLogger,
  createRegistry,
  Health,
  type Listening,
  listen,
  principalOf,
  SignedClient,
  signedFetch,
} from "../src/index.ts";

const alice = keypairFromUri("//Alice");
const bob = keypairFromUri("//Bob");
const bobHotkey = hotkeyOf(bob.publicKey);
const signal = new AbortController().signal;
const gate = {
  policy: defineAuthPolicy({
    receivers: [bobHotkey],
    netuid: toNetuid(1),
    replay: replayMemory({ retentionMs: 60_000, now: Date.now }),
    admit: admitAnyone,
    maxBodyBytes: 4_194_304,
  }),
  check: checkInline,
};

let app: App;
let server: Listening;
let handled = 0;
/** When a caller has left, and what then came of reading what it sent. */
const gone = Promise.withResolvers<void>();
const read = Promise.withResolvers<unknown>();

beforeAll(async () => {
  app = await createApp({
    title: "test",
    version: "0",
    log: createLogger("test", "fatal"),
    health: new Health(),
    registry: createRegistry("test"),
    statusOf: { SHARD_UNKNOWN: 404 },
    bodyLimitBytes: 4_194_304,
  });
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) =>
    done(null, payload),
  );
  app.post(
    "/echo",
    { ...authenticated(gate), schema: { body: z.strictObject({ text: z.string() }) } },
    async (request) => {
      handled += 1;
      return { text: request.body.text, caller: principalOf(request).hotkey };
    },
  );
  const streamed = authenticatedStream(gate);
  app.put("/stream", streamed.options, async (request) => {
    let length = 0;
    for await (const chunk of request.body as Readable) length += chunk.length;
    const caller = await streamed.confirm(request);
    return { length, caller: caller.hotkey };
  });
  app.put("/patient", streamed.options, async (request) => {
    await gone.promise;
    await sleep(50);
    try {
      for await (const _ of request.body as Readable);
    } catch (error) {
      read.resolve(error);
    }
    return {};
  });
  app.get("/missing", async () => {
    throw new CodedError("SHARD_UNKNOWN", "no such shard");
  });
  app.get("/bug", async () => {
    throw new Error("secret detail");
  });
  server = await listen(app, { host: "127.0.0.1", port: 0 });
});
afterAll(async () => server[Symbol.asyncDispose]());

const post = (body: string, key = alice) =>
  signedFetch({ key })({
    url: new URL("/echo", server.url),
    method: "POST",
    body: Buffer.from(body),
    contentType: "application/json",
    receiver: bobHotkey,
    timeoutMs: 5_000,
    signal,
  });
const json = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());

describe("a route behind the door", () => {
  it("serves a signed request and knows the caller", async () => {
    const answer = await post('{"text":"hello"}');
    expect(answer.status).toBe(200);
    expect(json(answer.body)).toEqual({ text: "hello", caller: hotkeyOf(alice.publicKey) });
  });

  it("tells a caller that signs in two ways that one is enough", async () => {
    const sent: Headers[] = [];
    const client = new SignedClient({
      key: alice,
      fetch: (url, init) => {
        sent.push(new Headers(init.headers));
        return fetch(url, init);
      },
    });
    const request = {
      url: new URL("/echo", server.url),
      method: "POST",
      body: Buffer.from('{"text":"hello"}'),
      contentType: "application/json",
      receiver: bobHotkey,
      timeoutMs: 5_000,
      signal,
    } as const;
    for (let asked = 0; asked < 2; asked += 1)
      expect((await client.fetch(request)).status).toBe(200);
    expect(sent.map((headers) => headers.has("epistula-uuid"))).toEqual([true, false]);
    expect(sent.every((headers) => headers.has("x-bittensor-signature"))).toBe(true);
  });

  it("turns an unsigned request away before its handler", async () => {
    const before = handled;
    const answer = await app.inject({ method: "POST", url: "/echo", payload: { text: "x" } });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: "MISSING_AUTHORIZATION" });
    expect(handled).toBe(before);
  });

  it("turns a copy away, and a body that was changed", async () => {
    const body = '{"text":"once"}';
    const { RequestSigner } = await import("@neurond/epistula");
    const headers = new RequestSigner({ key: alice }).sign({
      method: "POST",
      target: "/echo",
      bodySha256: createHash("sha256").update(body).digest(),
      receiver: bobHotkey,
      now: Date.now(),
      random: new Uint8Array(32).fill(7),
    });
    const send = (payload: string) =>
      app.inject({
        method: "POST",
        url: "/echo",
        payload,
        headers: { ...Object.fromEntries(headers), "content-type": "application/json" },
      });
    expect((await send('{"text":"twice"}')).json()).toMatchObject({ code: "BAD_SIGNATURE" });
    expect((await send(body)).statusCode).toBe(200);
    expect((await send(body)).json()).toMatchObject({ code: "REPLAY" });
  });

  it("proves a streamed body only after the last byte", async () => {
    const bytes = Buffer.alloc(3_000_000, 5);
    const put = (sha256: Uint8Array) =>
      signedFetch({ key: alice })({
        url: new URL("/stream", server.url),
        method: "PUT",
        body: {
          stream: Readable.toWeb(Readable.from([bytes])) as ReadableStream<Uint8Array>,
          sha256,
          length: bytes.length,
        },
        contentType: "application/octet-stream",
        receiver: bobHotkey,
        timeoutMs: 5_000,
        signal,
      });
    const honest = await put(createHash("sha256").update(bytes).digest());
    expect(json(honest.body)).toMatchObject({ length: 3_000_000 });
    const forged = await put(createHash("sha256").update("other").digest());
    expect(forged.status).toBe(401);
    expect(json(forged.body)).toMatchObject({ code: "BAD_SIGNATURE" });
  });
});

describe("a caller that leaves before its body is read", () => {
  it("costs its own request and nothing else", async () => {
    const { RequestSigner } = await import("@neurond/epistula");
    const headers = new RequestSigner({ key: alice }).sign({
      method: "PUT",
      target: "/patient",
      bodySha256: new Uint8Array(32),
      receiver: bobHotkey,
      now: Date.now(),
      random: new Uint8Array(32).fill(9),
    });
    const request = httpRequest(new URL("/patient", server.url), {
      method: "PUT",
      headers: {
        ...Object.fromEntries(headers),
        "content-type": "application/octet-stream",
        "content-length": 1_000_000,
      },
    });
    request.on("error", () => undefined);
    await new Promise<void>((resolve) => request.write("begun", () => resolve()));
    await sleep(50);
    request.destroy();
    gone.resolve();
    expect(await read.promise).toMatchObject({ code: "ECONNRESET" });
    expect((await app.inject("/livez")).statusCode).toBe(200);
  });
});

describe("an app", () => {
  it("answers coded errors with their status and hides the text of bugs", async () => {
    expect((await app.inject("/missing")).json()).toMatchObject({ code: "SHARD_UNKNOWN" });
    const bug = await app.inject("/bug");
    expect(bug.statusCode).toBe(500);
    expect(bug.body).not.toContain("secret detail");
  });

  it("tells operators of bugs, warns of what went wrong elsewhere, and does not mind being busy", async () => {
    const lines: string[] = [];
    const log = createLogger("test", "info", { write: (line) => lines.push(line) });
    await using other = await createApp({
      ...{ title: "other", version: "0", log, health: new Health() },
      registry: createRegistry("other"),
      statusOf: { MINER_UNREACHABLE: 502, UPLOADS_BUSY: 503 },
    });
    const codes = ["MINER_UNREACHABLE", "UPLOADS_BUSY", ""];
    for (const code of codes) {
      other.get(`/${code}`, async () => {
        throw code === "" ? new Error("a bug") : new CodedError(code, "no");
      });
    }
    for (const code of codes) await other.inject(`/${code}`);
    const levels = lines.map((line) => JSON.parse(line).level);
    expect(levels).toEqual(["warn", "error"]);
  });

  it("refuses a body that its schema does not allow, naming the field", async () => {
    const answer = await post('{"txt":1}');
    expect(answer.status).toBe(400);
    expect(json(answer.body).detail).toContain("text");
  });

  it("serves health, metrics and its own description", async () => {
    expect((await app.inject("/livez")).statusCode).toBe(200);
    expect((await app.inject("/readyz")).json()).toEqual({ ok: true, problems: {} });
    expect((await app.inject("/metrics")).body).toContain("process_cpu_seconds_total");
    expect((await app.inject("/openapi.json")).json().paths).toHaveProperty("/echo");
  });

  it("says that a port is in use", async () => {
    const second = await createApp({
      title: "second",
      version: "0",
      log: createLogger("second", "fatal"),
      health: new Health(),
      registry: createRegistry("second"),
      statusOf: {},
    });
    await expect(listen(second, { host: "127.0.0.1", port: server.port })).rejects.toMatchObject({
      code: "LISTEN_FAILED",
    });
    await second.close();
  });
});
