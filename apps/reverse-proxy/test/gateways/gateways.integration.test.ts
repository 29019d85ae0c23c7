import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import {
  type Answer,
  charlie,
  openBackend,
  openProxy,
  type Raw,
  SENDER,
  send,
  settingsFor,
  signed,
  type Wish,
} from "../harness.ts";
import { freePort, hasCaddy, hasNginx, hasNginxStream, openCaddy, openNginx } from "./gateway.ts";
import { snippet } from "./snippets.ts";

const tls = (name: string) => new URL(`../vectors/tls/one.test.${name}`, import.meta.url).pathname;
const CA = readFileSync(tls("crt"));
const LETSENCRYPT = "/etc/letsencrypt/live/miner.example.org";
const CERTIFICATE = {
  [`${LETSENCRYPT}/fullchain.pem`]: tls("crt"),
  [`${LETSENCRYPT}/privkey.pem`]: tls("key"),
};
const target = "/sync/inference?size=2";
const body = '{"prompt":"x"}';

type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;
type Send = (
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
) => Promise<Answer>;

/** Opens a request through TLS; the answer may still be coming. */
async function begin(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  sent?: string,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const host = { host: "127.0.0.1", port, servername: "one.test", ca: CA, agent: false } as const;
  const asked = request({ ...host, method, path, headers });
  asked.once("response", resolve).once("error", reject);
  // Without a body that was promised the request stays open: only its headers are sent.
  if (headers["content-length"] !== undefined && sent === undefined) asked.flushHeaders();
  else asked.end(sent);
  return promise;
}

const overTls =
  (port: number): Send =>
  async (method, path, headers, sent = "") => {
    const length = sent === "" ? {} : { "content-length": String(sent.length) };
    const response = await begin(port, method, path, { ...headers, ...length }, sent);
    const content = await text(response);
    const json = content.startsWith("{") ? JSON.parse(content) : undefined;
    return { status: response.statusCode ?? 0, headers: response.headers, text: content, json };
  };

const headersFor = (wish: Partial<Wish> = {}) => signed({ target, body, binding: true, ...wish });

/** nginx with a certificate, our proxy behind it. */
async function openInFront(respond?: Respond) {
  const backend = await openBackend(respond);
  const raw: Raw = { server: { trustedHops: ["127.0.0.1"] } };
  const { proxy } = await openProxy(settingsFor(backend.url, raw));
  const port = await freePort();
  const http = snippet("nginx", "tls", {
    ...CERTIFICATE,
    "listen 443": `listen 127.0.0.1:${port}`,
    "127.0.0.1:8080": `127.0.0.1:${proxy.port}`,
  });
  const nginx = await openNginx(port, { http });
  return {
    backend,
    port,
    send: overTls(port),
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasNginx)("nginx with TLS in front of the proxy (skipped without nginx)", () => {
  test("passes signatures, targets and headers with underscores as they are", async () => {
    await using at = await openInFront();
    const headers = { ...headersFor(), some_header: "kept" };
    expect(await at.send("POST", target, headers, body)).toMatchObject({ status: 200 });
    expect(at.backend.seen[0]).toMatchObject({
      url: target,
      body,
      headers: { some_header: "kept", "x-forwarded-proto": "https" },
    });
    expect(await at.send("POST", `${target}0`, headersFor(), body)).toMatchObject({ status: 401 });
  });

  test("passes the first bytes of a stream before the last", async () => {
    const rest = Promise.withResolvers<void>();
    const respond: Respond = (_, response) => {
      response.setHeader("content-type", "text/event-stream").write("data: first\n\n");
      void rest.promise.then(() => response.end("data: last\n\n"));
    };
    await using at = await openInFront(respond);
    const length = { "content-length": String(body.length) };
    const response = await begin(at.port, "POST", target, { ...headersFor(), ...length }, body);
    const [first] = await once(response, "data");
    expect(String(first)).toBe("data: first\n\n");
    rest.resolve();
    expect(await text(response)).toBe("data: last\n\n");
  });

  test("asks for a large body only when its headers are in order", async () => {
    await using at = await openInFront();
    const large = { "content-length": String(50 * 1024 ** 2) };
    const headers = { ...headersFor({ key: charlie }), ...large };
    const response = await begin(at.port, "POST", target, headers);
    expect(response.statusCode).toBe(403);
    response.destroy();
    expect(at.backend.seen).toHaveLength(0);
  });
});

test.skipIf(!hasNginxStream)(
  "nginx hands connections on and says whose they are (skipped without libnginx-mod-stream)",
  async () => {
    await using backend = await openBackend();
    const { proxy, lines } = await openProxy(
      settingsFor(backend.url, {
        server: { trustedHops: ["127.0.0.1"], proxyProtocol: true },
        tls: { certFile: tls("crt"), keyFile: tls("key") },
      }),
    );
    await using _ = proxy;
    const port = await freePort();
    const stream = snippet("nginx", "stream", {
      "listen 443": `listen 127.0.0.1:${port}`,
      "127.0.0.1:8443": `127.0.0.1:${proxy.port}`,
    });
    await using _nginx = await openNginx(port, { stream });
    expect(await overTls(port)("POST", target, headersFor(), body)).toMatchObject({ status: 200 });
    expect(lines.find(({ msg }) => msg === "request")).toMatchObject({ ip: "127.0.0.1" });
  },
);

/** A gateway that asks `/_auth` and goes straight to a backend. */
async function openGuarded(kind: "nginx" | "caddy", raw: Raw = {}) {
  const backend = await openBackend();
  const extAuth = { listen: "127.0.0.1:0", ...raw["extAuth"] };
  const { proxy } = await openProxy(settingsFor("http://127.0.0.1:1", { ...raw, extAuth }));
  const port = await freePort();
  const own = {
    "127.0.0.1:9093": new URL(proxy.extAuthUrl ?? "").host,
    "127.0.0.1:8091": new URL(backend.url).host,
  };
  const gateway =
    kind === "nginx"
      ? await openNginx(port, {
          http: snippet("nginx", "auth", {
            ...own,
            ...CERTIFICATE,
            "listen 443": `listen 127.0.0.1:${port}`,
          }),
        })
      : await openCaddy(
          port,
          snippet("caddy", "auth", { ...own, "miner.example.org": `http://127.0.0.1:${port}` }),
        );
  const ask: Send =
    kind === "nginx"
      ? overTls(port)
      : (method, path, headers, sent) =>
          send(`http://127.0.0.1:${port}`, method, path, headers, sent);
  return {
    backend,
    proxy,
    ask,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

const GATEWAYS = [
  { kind: "nginx", isThere: hasNginx },
  { kind: "caddy", isThere: hasCaddy },
] as const;

for (const { kind, isThere } of GATEWAYS) {
  describe.skipIf(!isThere)(`${kind} that asks /_auth (skipped without ${kind})`, () => {
    const jobs = "/jobs?limit=3";

    test("passes what is proven, and says whose it is whatever the client said", async () => {
      await using at = await openGuarded(kind);
      const lies = { "X-Epistula-Signed-By": "5Liar", "X-Epistula-Uid": "0", "X-Auth-Level": "x" };
      const headers = { ...signed({ method: "GET", target: jobs, schemes: ["btauth"] }), ...lies };
      expect(await at.ask("GET", jobs, headers)).toMatchObject({ status: 200 });
      expect(at.backend.seen[0]).toMatchObject({ method: "GET", url: jobs });
      const seen = at.backend.seen[0]?.headers ?? {};
      expect(seen["x-epistula-signed-by"]).toBe(SENDER);
      expect(seen["x-auth-level"]).toBe("full");
      expect(seen["x-epistula-uid"] ?? "").toBe("");
    });

    test("passes a body whose sender holds the key, and says that it is no more", async () => {
      await using at = await openGuarded(kind);
      const headers = headersFor({ interval: "A" });
      expect(await at.ask("POST", target, headers, body)).toMatchObject({ status: 200 });
      expect(at.backend.seen[0]).toMatchObject({ body, headers: { "x-auth-level": "interval" } });
    });

    test("lets nothing else through to the backend", async () => {
      await using at = await openGuarded(kind);
      const get = (more: Partial<Wish> = {}) => signed({ method: "GET", target: jobs, ...more });
      expect(await at.ask("GET", jobs, {})).toMatchObject({ status: 401 });
      expect(await at.ask("GET", jobs, get({ key: charlie }))).toMatchObject({ status: 403 });
      expect(await at.ask("POST", target, headersFor(), body)).toMatchObject({ status: 401 });
      expect(await at.ask("GET", jobs, get(), "{}")).toMatchObject({ status: 401 });
      const btauth = get({ schemes: ["btauth"] });
      expect(await at.ask("GET", "/jobs?limit=4", btauth)).toMatchObject({ status: 401 });
      const contradicted = { ...get(), "X-Original-URI": "/other", "X-Forwarded-Uri": "/other" };
      const answered = await at.ask("GET", jobs, contradicted);
      expect([401, 403]).toContain(answered.status);
      expect(at.backend.seen).toHaveLength(0);
    });

    test("says 429 and how long to wait, and 5xx when nobody answers it", async () => {
      await using at = await openGuarded(kind, { limits: { ipPerMinute: 1 } });
      await at.ask("GET", jobs, {});
      const limited = await at.ask("GET", jobs, {});
      expect(limited.status).toBe(429);
      expect(limited.headers["retry-after"]).toMatch(/^\d+$/);
      await at.proxy[Symbol.asyncDispose]();
      expect((await at.ask("GET", jobs, {})).status).toBeGreaterThanOrEqual(500);
      expect(at.backend.seen).toHaveLength(0);
    });
  });
}

test.skipIf(!hasCaddy)(
  "Caddy in front of the proxy passes signed requests (skipped without Caddy)",
  async () => {
    await using backend = await openBackend();
    const raw: Raw = { server: { trustedHops: ["127.0.0.1"] } };
    const { proxy } = await openProxy(settingsFor(backend.url, raw));
    await using _ = proxy;
    const port = await freePort();
    const site = snippet("caddy", "tls", {
      "miner.example.org": `http://127.0.0.1:${port}`,
      "127.0.0.1:8080": `127.0.0.1:${proxy.port}`,
    });
    await using _caddy = await openCaddy(port, site);
    const headers = { ...headersFor(), some_header: "kept" };
    const answer = await send(`http://127.0.0.1:${port}`, "POST", target, headers, body);
    expect(answer).toMatchObject({ status: 200 });
    expect(backend.seen[0]).toMatchObject({ url: target, headers: { some_header: "kept" } });
  },
);
