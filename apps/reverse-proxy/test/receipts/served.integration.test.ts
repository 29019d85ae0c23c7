import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { verifySr25519Fast } from "@neurond/crypto";
import { type Receipt, verifyExport, verifyReceipt } from "@neurond/receipts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bob, charlie, MINER, openBackend, openProxy, SENDER, settingsFor } from "../harness.ts";

const TOKEN = "operators-own-0123456789abcdef";
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-served-"));
});
afterEach(() => rm(directory, { recursive: true }));

const settingsAt = (backend: string) =>
  settingsFor(backend, {
    receipts: { directory: join(directory, "receipts"), flushMs: 5, checkpointMs: 5 },
    admin: { token: TOKEN, listen: "127.0.0.1:0", directory },
    limits: { validateRequests: true },
  });

async function until<T>(attempt: () => Promise<T>, isDone: (result: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; await sleep(5)) {
    const result = await attempt();
    if (isDone(result)) return result;
    if (Date.now() > deadline) throw new Error(JSON.stringify(result));
  }
}

test("a caller gets a receipt that the miner signed; the operator exports all of them", async () => {
  await using backend = await openBackend();
  const { proxy, call } = await openProxy(settingsAt(backend.url), { signer: bob });
  await using _ = proxy;
  const stop = new AbortController();
  const running = proxy.run(stop.signal);
  const served = await call({ target: "/inference?seed=7", body: '{"prompt":"a cat"}' });
  const refused = await call({ target: "/inference", body: "not json" });
  await call({ target: "/inference", key: null });
  expect([served.status, refused.status]).toEqual([200, 400]);
  const id = String(served.headers["x-request-id"]);
  const answer = await until(
    () => call({ method: "GET", target: `/receipts/${id}` }),
    ({ status }) => status === 200,
  );
  const receipt = verifyReceipt(answer.json, MINER, verifySr25519Fast);
  expect(receipt).toMatchObject({
    caller: { hotkey: SENDER },
    target: "/inference?seed=7",
    status: 200,
    upstream: "inference",
    response: { bytes: served.text.length },
  });
  expect(await call({ method: "GET", target: `/receipts/${id}`, key: charlie })).toMatchObject({
    status: 403,
  });
  stop.abort();
  await running;

  const export_ = await fetch(`${proxy.adminUrl}/v1/receipts/export`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });

  expect(export_.headers.get("content-type")).toContain("application/x-ndjson");
  const lines = (await export_.text()).split("\n").slice(0, -1);
  const seen: Receipt[] = [];
  const verdict = await verifyExport(lines, {
    hotkey: MINER,
    verify: verifySr25519Fast,
    onReceipt: (one) => seen.push(one),
  });
  expect(verdict).toMatchObject({ ok: true, callers: { disproven: 0, anonymous: 0 } });
  expect(seen.slice(0, 2)).toMatchObject([
    { status: 200, outcome: "forwarded" },
    { status: 400, outcome: "denied", code: "BODY_INVALID" },
  ]);
  const one = await fetch(`${proxy.adminUrl}/v1/receipts/${id}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(verifyReceipt(await one.json(), MINER, verifySr25519Fast)).toEqual(receipt);
  expect((await fetch(`${proxy.adminUrl}/v1/receipts`)).status).toBe(401);
});

test("what is served while the proxy ends has its receipt after the next start", async () => {
  await using backend = await openBackend();
  const settings = settingsAt(backend.url);
  const first = await openProxy(settings, { signer: bob });
  const served = await first.call({ target: "/inference", body: "{}" });
  await first.proxy[Symbol.asyncDispose]();
  const { proxy, call } = await openProxy(settings, { signer: bob });
  await using _ = proxy;
  const target = `/receipts/${served.headers["x-request-id"]}`;
  const answer = await call({ method: "GET", target });
  expect(verifyReceipt(answer.json, MINER, verifySr25519Fast)).toMatchObject({ status: 200 });
});

test("where no receipts are kept there is no such path", async () => {
  await using backend = await openBackend();
  const { proxy, call } = await openProxy(settingsFor(backend.url));
  await using _ = proxy;
  expect(await call({ method: "GET", target: "/receipts/x" })).toMatchObject({ status: 404 });
});
