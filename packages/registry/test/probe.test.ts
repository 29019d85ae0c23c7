import { keypairFromUri } from "@neurond/crypto";
import { CodedError, hotkeyOf } from "@neurond/primitives";
import { testCertificate } from "@neurond/testing/certificate";
import { describe, expect, test } from "vitest";
import { checkedFetch, pollCapacity, probeAll, probeEndpoint, type SendPoll } from "../io/index.ts";
import { serveHttps } from "./support/https-server.ts";

const signal = new AbortController().signal;
const hotkey = hotkeyOf(keypairFromUri("//Miner1").publicKey);
const at = (port: number, address = "127.0.0.1") => {
  return { hotkey, endpoint: { address, kind: "ipv4", port } as const };
};
const probe = (port: number, ca: string, timeoutMs = 2_000) =>
  probeEndpoint(at(port), { fetch: checkedFetch({ ca, allowPrivate: true }), signal, timeoutMs });

describe("an endpoint", () => {
  test("that knows the hotkey is valid, and identified", async () => {
    const { port, ca } = await serveHttps((request, response) => {
      const identifier = request.url?.split("/").at(-1);
      response.end(JSON.stringify({ status: "ok", identifier }));
    });
    expect(await probe(port, ca)).toEqual({
      valid: true,
      identified: true,
      latencyMs: expect.any(Number),
    });
  });

  test("that says 200 to everything is valid, as for the Python tool, and not identified", async () => {
    const { port, ca } = await serveHttps((_, response) => response.end("welcome"));
    expect(await probe(port, ca)).toMatchObject({ valid: true, identified: false });
  });

  test.each([
    ["identity", 200, JSON.stringify({ identifier: "5Other" }), "serves 5Other"],
    ["status", 404, "{}", "answered 404"],
    ["status", 302, "", "answered 302"],
    ["overlong", 200, "x".repeat(5_000), "more than 4096 bytes"],
  ])("is invalid: %s (%i)", async (reason, status, body, detail) => {
    const { port, ca } = await serveHttps((_, response) => response.writeHead(status).end(body));
    expect(await probe(port, ca)).toEqual({
      valid: false,
      reason,
      detail: expect.stringContaining(detail),
    });
  });

  test("with a certificate that has expired is invalid: tls", async () => {
    const day = 86_400_000;
    const old = [Date.now() - 9 * day, Date.now() - 2 * day] as const;
    const server = await serveHttps(
      (_, response) => response.end(),
      testCertificate(["127.0.0.1"], old),
    );
    expect(await probe(server.port, server.ca)).toMatchObject({ valid: false, reason: "tls" });
  });

  test("that does not answer is invalid: timeout; where nobody listens: unreachable", async () => {
    const { port, ca } = await serveHttps(() => undefined);
    expect(await probe(port, ca, 100)).toMatchObject({ valid: false, reason: "timeout" });
    expect(await probe(1, ca)).toMatchObject({ valid: false, reason: "unreachable" });
  });

  test("inside somebody's network or at port 0 is not asked at all", async () => {
    const fetch = checkedFetch();
    const options = { fetch, signal };
    expect(await probeEndpoint(at(443), options)).toMatchObject({ reason: "private-address" });
    expect(await probeEndpoint(at(0, "8.8.8.8"), options)).toMatchObject({ reason: "port-zero" });
  });
});

describe("many endpoints", () => {
  test("are asked so many at a time, and answered in order", async () => {
    let [now, most] = [0, 0];
    const { port, ca } = await serveHttps((_, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end("{}");
      }, 20);
    });
    const targets = [at(0), ...Array.from({ length: 12 }, () => at(port))];
    const fetch = checkedFetch({ ca, allowPrivate: true });
    const results = await probeAll(targets, { fetch, signal, atOnce: 4 });
    expect(results.map(({ valid }) => valid)).toEqual([false, ...Array(12).fill(true)]);
    expect(most).toBe(4);
  });

  test("have one deadline together, and whoever had no turn is told", async () => {
    const { port, ca } = await serveHttps(() => undefined);
    const fetch = checkedFetch({ ca, allowPrivate: true });
    const options = { fetch, signal, atOnce: 1, deadlineMs: 100 };
    const results = await probeAll([at(port), at(port)], options);
    expect(results.map((one) => !one.valid && one.reason)).toEqual(["timeout", "not-asked"]);
  });

  test("are given up when the signal fires", async () => {
    const { port, ca } = await serveHttps(() => undefined);
    const fetch = checkedFetch({ ca, allowPrivate: true });
    const stopped = AbortSignal.timeout(50);
    await expect(probeAll([at(port)], { fetch, signal: stopped })).rejects.toThrow();
  });
});

describe("a capacity poll", () => {
  const poll = (send: SendPoll) =>
    pollCapacity({ url: "https://miner.example:8443", hotkey }, { send, signal, now: () => 7 });
  const answer = (status: number, text: string) => async () => {
    return { status, body: Buffer.from(text) };
  };

  test("asks for /capacity, for this miner", async () => {
    const seen: unknown[] = [];
    const result = await poll(async ({ url, receiver }) => {
      seen.push([url.href, receiver]);
      return { status: 200, body: Buffer.from('{"base":true}') };
    });
    expect(seen).toEqual([["https://miner.example:8443/capacity", hotkey]]);
    expect(result).toMatchObject({ kind: "answered", atMs: 7, capacity: { ok: true } });
  });

  test.each([
    ["an error status is silence", answer(500, "{}"), { kind: "silent", reason: "answered 500" }],
    ["no answer is silence", () => Promise.reject(new Error("refused")), { kind: "silent" }],
    [
      "what is no JSON is unreadable",
      answer(200, "{"),
      { kind: "answered", capacity: { ok: false } },
    ],
    [
      "more than may be read is unreadable",
      () => Promise.reject(new CodedError("ANSWER_TOO_LARGE", "too long")),
      { kind: "answered", capacity: { ok: false, reason: "too long" } },
    ],
  ])("%s", async (_, send, expected) => {
    expect(await poll(send)).toMatchObject(expected);
  });
});
