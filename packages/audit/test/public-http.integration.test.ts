import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getPublic } from "@neurond/audit/io";
import { afterEach, expect, test } from "vitest";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

async function serve(listener: RequestListener): Promise<URL> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(started.address() as AddressInfo).port}/`);
}

const { signal } = new AbortController();
const options = { limits: { timeoutMs: 300, busyMs: 50 }, maxBytes: 1_000, signal };

test("an answer that never ends is cut off at the limit", async () => {
  const url = await serve((_request, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(400)), 5);
    response.on("close", () => clearInterval(timer));
  });
  expect(await getPublic(url, options)).toEqual({ ok: false, reason: "TOO_LARGE" });
});

test("an answer that does not come is not waited for", async () => {
  const url = await serve(() => undefined);
  expect(await getPublic(url, options)).toEqual({ ok: false, reason: "TIMEOUT" });
});

test("a redirect is not followed: it could lead anywhere", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/inside") response.end("secret");
    else response.writeHead(302, { location: "/inside" }).end();
  });
  expect(await getPublic(url, options)).toEqual({ ok: false, reason: "UNREACHABLE" });
});

test("a busy server is asked again, and a refusal is not", async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked += 1;
    if (request.url === "/gone") response.writeHead(404).end();
    else if (asked < 3) response.writeHead(429, { "retry-after": "1" }).end();
    else response.end("here");
  });
  const found = await getPublic(url, options);
  expect(found.ok && Buffer.from(found.bytes).toString()).toBe("here");
  asked = 0;
  expect(await getPublic(new URL("/gone", url), options)).toEqual({
    ok: false,
    reason: "HTTP_404",
  });
  expect(asked).toBe(1);
});
