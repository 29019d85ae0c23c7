import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { Secret } from "@neurond/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { type Alert, alertBody, Webhook } from "../src/index.ts";

const SIGNAL = AbortSignal.timeout(20_000);
const alert: Alert = {
  severity: "critical",
  code: "DIGEST_MISMATCH",
  subject: "5F",
  text: "hour 14",
};

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

/** A receiver that answers with these statuses in turn, the last one for ever. */
async function receiver(...statuses: readonly number[]) {
  const bodies: string[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    bodies.push(await text(request));
    const status = statuses[Math.min(bodies.length, statuses.length) - 1] ?? 200;
    response.writeHead(status, status === 302 ? { location: "http://127.0.0.1:1/" } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () => new Promise((resolve) => server.close(() => resolve()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook/token`, bodies };
}

const webhook = (url: string, allowPrivate = true) =>
  new Webhook({ url: new Secret(url), allowPrivate, source: "auditor", firstDelayMs: 1 });

describe("an alert", () => {
  test("is posted once as data and as text", async () => {
    const { url, bodies } = await receiver(204);
    expect(await webhook(url).send([alert], SIGNAL)).toEqual({ kind: "delivered", alerts: 1 });
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
      { source: "auditor", count: 1, alerts: [alert], text: /./ },
    ]);
  });

  test("is posted again while the other side is busy", async () => {
    const { url, bodies } = await receiver(503, 429, 200);
    expect(await webhook(url).send([alert], SIGNAL)).toMatchObject({ kind: "delivered" });
    expect(bodies).toHaveLength(3);
  });

  test("that was refused waits for the next, and nothing is asked when nothing is to be told", async () => {
    const { url, bodies } = await receiver(400, 200);
    const hook = webhook(url);
    expect(await hook.send([alert], SIGNAL)).toMatchObject({ kind: "failed" });
    expect(bodies).toHaveLength(1);
    expect(await hook.send([], SIGNAL)).toEqual({ kind: "delivered", alerts: 1 });
    expect(await hook.send([], SIGNAL)).toBeNull();
  });

  test("on its way is not posted by another call as well", async () => {
    const { url, bodies } = await receiver(204);
    const hook = webhook(url);
    const told = await Promise.all([hook.send([alert], SIGNAL), hook.send([], SIGNAL)]);
    expect(told).toEqual([{ kind: "delivered", alerts: 1 }, null]);
    expect(bodies).toHaveLength(1);
  });

  test("follows no redirect", async () => {
    const { url, bodies } = await receiver(302);
    expect(await webhook(url).send([alert], SIGNAL)).toMatchObject({ kind: "failed" });
    expect(bodies.length).toBeGreaterThan(0);
  });

  test("does not go to an address inside, whatever its name resolves to", async () => {
    const { url, bodies } = await receiver(200);
    const https = url.replace("http:", "https:");
    for (const inside of [https, https.replace("127.0.0.1", "localhost")])
      expect(await webhook(inside, false).send([alert], SIGNAL)).toMatchObject({ kind: "failed" });
    expect(bodies).toEqual([]);
  });

  test("never tells its own address in an error", () => {
    for (const url of ["ftp://x/secret-token", "https://u:secret-token@x/", "secret-token"]) {
      let error: unknown;
      try {
        webhook(url, false);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: "WEBHOOK_INVALID" });
      expect(inspect(error)).not.toContain("secret-token");
    }
  });

  test("from a stranger is cut, and can call nobody in a chat", () => {
    const hostile = { ...alert, text: `@everyone <!channel>\u0007${"x".repeat(10_000)}` };
    const body = alertBody(
      "auditor",
      Array.from({ length: 600 }, () => hostile),
    );
    expect(body.length).toBeLessThan(30_000);
    expect(body).not.toMatch(/@everyone|<!channel>|\\u0007/);
    expect(JSON.parse(body)).toMatchObject({ count: 600 });
  });
});
