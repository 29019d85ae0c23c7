import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openBackend, openProxy, type Raw, settingsFor } from "../harness.ts";

const ASYNC: Raw = {
  routes: [
    { match: "/inference", upstream: "inference", asyncAckAfterMs: 50 },
    { match: "/inference/status/*", methods: ["GET"], upstream: "inference" },
    { match: "/inference/result/*", methods: ["GET"], upstream: "inference" },
  ],
};

/** A backend that answers work when it is told to, and knows nothing of any job. */
async function openWorker() {
  const waiting: ServerResponse[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === "POST") waiting.push(response);
    else response.writeHead(404, { "content-type": "application/json" }).end('{"detail":"?"}');
  };
  return Object.assign(await openBackend(answer), { waiting });
}

const JOB = { target: "/inference", body: '{"prompt":"a cat","job_id":"job-1"}' };
const ask = (what: "status" | "result", id = "job-1") =>
  ({ method: "GET", target: `/inference/${what}/${id}` }) as const;

async function until(condition: () => Promise<boolean>) {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("did not happen in time");
    await sleep(5);
  }
}

test("a client that was told to ask again learns what became of its job, and gets the result", async () => {
  await using backend = await openWorker();
  const { proxy, call } = await openProxy(settingsFor(backend.url, ASYNC));
  await using _ = proxy;
  expect(await call(JOB)).toMatchObject({
    status: 202,
    json: { status: "queued", job_id: "job-1", proxy_timeout_seconds: 0.05 },
  });
  expect(await call(ask("status"))).toMatchObject({
    status: 200,
    json: { job_id: "job-1", status: "processing", accepted: true, result_url: null },
  });
  expect(await call(ask("result"))).toMatchObject({ status: 202 });
  backend.waiting[0]?.writeHead(200, { "content-type": "image/png" }).end("pixels");
  const completed = { status: 200, json: { status: "completed", http_status: 200 } };
  await until(async () => JSON.stringify((await call(ask("status"))).json).includes("completed"));
  expect(await call(ask("status"))).toMatchObject(completed);
  const result = await call(ask("result"));
  expect(result).toMatchObject({ status: 200, text: "pixels" });
  expect(result.headers["content-type"]).toBe("image/png");
  expect(await call(ask("status", "job-2"))).toMatchObject({ status: 404, json: { detail: "?" } });
});

test("a request that still waits for a slot is acknowledged too, and goes to work in its turn", async () => {
  await using backend = await openWorker();
  const upstreams = { inference: { urls: [backend.url], maxConcurrent: 1 } };
  const { proxy, call } = await openProxy(settingsFor(backend.url, { ...ASYNC, upstreams }));
  await using _ = proxy;
  expect(await call(JOB)).toMatchObject({ status: 202 });
  expect(await call({ ...JOB, body: '{"job_id":"job-2"}' })).toMatchObject({ status: 202 });
  expect(backend.waiting).toHaveLength(1);
  backend.waiting[0]?.end("first");
  await until(async () => backend.waiting.length === 2);
  backend.waiting[1]?.end("second");
  await until(async () => (await call(ask("result", "job-2"))).text === "second");
});

test("a backend that dies at work leaves its job unknown, one that was never reached failed", async () => {
  const backend = await openWorker();
  const { proxy, call } = await openProxy(settingsFor(backend.url, ASYNC));
  await using _ = proxy;
  expect(await call(JOB)).toMatchObject({ status: 202 });
  await backend[Symbol.asyncDispose]();
  await until(async () => JSON.stringify((await call(ask("status"))).json).includes("unknown"));
  expect(await call(ask("status"))).toMatchObject({
    json: { status: "unknown", accepted: true, error: "broken", http_status: null },
  });
});

test("an answer in time is an answer, and the backend's own word on a job goes first", async () => {
  await using backend = await openBackend((_, response) => void response.end("theirs"));
  const { proxy, call } = await openProxy(settingsFor(backend.url, ASYNC));
  await using _ = proxy;
  expect(await call(JOB)).toMatchObject({ status: 200, text: "theirs" });
  expect(await call(ask("status"))).toMatchObject({ status: 200, text: "theirs" });
});

test("a hint before the answer is passed on, and is no answer yet", async () => {
  await using backend = await openBackend((_, response) =>
    response.writeEarlyHints({ link: "</style.css>; rel=preload" }),
  );
  const { proxy, call } = await openProxy(settingsFor(backend.url, ASYNC));
  await using _ = proxy;
  expect(await call(JOB)).toMatchObject({ status: 202 });
});
