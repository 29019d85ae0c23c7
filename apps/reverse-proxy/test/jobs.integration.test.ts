import { expect, test } from "vitest";
import { charlie, openBackend, openProxy, SENDER, settingsFor } from "./harness.ts";

const routes = [
  { match: "/inference", upstream: "inference", asyncAckAfterMs: 30 },
  { match: "/slow", upstream: "inference", timeoutMs: 50 },
];

test("a slow backend is left at work: 202 at once, and what became of it when it is asked for", async () => {
  const finish = Promise.withResolvers<void>();
  await using backend = await openBackend(async (request, response) => {
    if (request.method === "GET") {
      response.writeHead(404).end("{}");
      return;
    }
    await finish.promise;
    response.setHeader("content-type", "image/png").end("png");
  });
  const { proxy, call, lines } = await openProxy(settingsFor(backend.url, { routes }));
  await using _ = proxy;
  const body = JSON.stringify({ prompt: "a", job_id: "job-1" });
  const acked = await call({ target: "/inference", body });
  expect(acked).toMatchObject({
    status: 202,
    json: {
      status: "queued",
      job_id: "job-1",
      detail: expect.any(String),
      proxy_timeout_seconds: 0.03,
    },
  });
  const ask = (what: string, key?: typeof charlie) =>
    call({ method: "GET", target: `/inference/${what}/job-1`, ...(key && { key }) });
  expect(await ask("status")).toMatchObject({ status: 200, json: { status: "processing" } });
  finish.resolve();
  await expect.poll(async () => (await ask("status")).json).toMatchObject({ status: "completed" });
  expect(await ask("result")).toMatchObject({
    status: 200,
    text: "png",
    headers: { "content-type": "image/png" },
  });
  // Another hotkey's job is nobody's business, even where that may call.
  proxy.reload(() => settingsFor(backend.url, { routes, auth: { open: true } }));
  expect(await ask("status", charlie)).toMatchObject({ status: 404 });
  const [line] = lines.filter(({ route, msg }) => msg === "request" && route === "/inference");
  expect(line).toMatchObject({ status: 202, hotkey: SENDER });
});

test("elsewhere a backend that takes too long is answered for with 504", async () => {
  await using backend = await openBackend(() => undefined);
  const { proxy, call } = await openProxy(settingsFor(backend.url, { routes }));
  await using _ = proxy;
  expect(await call({ target: "/slow" })).toMatchObject({
    status: 504,
    json: { detail: "Upstream timed out", code: "UPSTREAM_TIMEOUT" },
  });
});

test("a server that cannot be reached is answered for with 502, or by another one", async () => {
  await using backend = await openBackend();
  const upstreams = {
    gone: { urls: ["http://127.0.0.1:1"] },
    half: { urls: ["http://127.0.0.1:1", backend.url] },
  };
  const more = [
    { match: "/gone", upstream: "gone" },
    { match: "/half", upstream: "half" },
  ];
  const { proxy, call } = await openProxy(settingsFor(backend.url, { upstreams, routes: more }));
  await using _ = proxy;
  expect(await call({ target: "/gone" })).toMatchObject({
    status: 502,
    json: { detail: "Error connecting to backend service", code: "UPSTREAM_UNREACHABLE" },
  });
  for (let sent = 0; sent < 4; sent += 1)
    expect(await call({ target: "/half", body: "{}" })).toMatchObject({ status: 200 });
});
