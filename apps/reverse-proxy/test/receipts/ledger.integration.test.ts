import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFile,
  copyFile,
  cp,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { verifySr25519Fast } from "@neurond/crypto";
import { type Checkpoint, makeCheckpoint, verifyExport, verifyReceipt } from "@neurond/receipts";
import { createLogger, Registry } from "@neurond/runtime";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportReceipts } from "../../src/receipts/export-receipts.ts";
import { OPERATOR, receiptHandlers } from "../../src/receipts/handlers.ts";
import { createReceiptMetrics } from "../../src/receipts/metrics.ts";
import { prepareReceipt } from "../../src/receipts/prepare-receipt.ts";
import { openReceiptLedger, type ReceiptLedger } from "../../src/receipts/receipt-ledger.ts";
import { receiptOf } from "../../src/receipts/receipt-of.ts";
import { ReceiptRecorder } from "../../src/receipts/receipt-recorder.ts";
import { SEGMENT_SIZE } from "../../src/receipts/segment-shape.ts";
import { RECEIPT_DEFAULTS } from "../../src/receipts/settings.ts";
import { ALICE, MINER, miner, receiptNumber, servedRequest } from "./samples.ts";

const log = createLogger("proxy", "fatal");
const verify = verifySr25519Fast;
const T0 = 1_790_000_000_000;
const stopped = AbortSignal.abort();
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-receipts-"));
});
afterEach(() => rm(directory, { recursive: true }));

const bounds = { maxBytes: RECEIPT_DEFAULTS.maxBytes, retentionDays: 100_000 };
const openLedger = (change: Partial<typeof bounds> = {}, signer: typeof miner | null = miner) =>
  openReceiptLedger({ directory, ...bounds, ...change }, { signer });

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => prepareReceipt(receiptNumber(from + n)));

/** Writes receipts `from` up to `to`, each ended a millisecond after the one before, and signs. */
async function write(ledger: ReceiptLedger, from: number, to: number): Promise<Checkpoint> {
  await ledger.append(numbered(from, to), T0 + to);
  return ledger.checkpoint(T0 + to);
}

async function exported(ledger: ReceiptLedger, fromMs = 0, toMs = T0 * 2): Promise<string[]> {
  const lines = await exportReceipts(ledger, { fromMs, toMs });
  return lines === null ? [] : Array.fromAsync(lines);
}

const judge = (lines: readonly string[]) => verifyExport(lines, { hotkey: MINER, verify });
const documentOf = async (ledger: ReceiptLedger, id: string, asker: string) =>
  receiptHandlers(ledger, () => false).byId(id, asker);

test("a caller gets its receipt with a proof that the miner signed for it, and nobody else's", async () => {
  await using ledger = await openLedger();
  const metrics = createReceiptMetrics(new Registry());
  const recorder = new ReceiptRecorder(RECEIPT_DEFAULTS, { ledger, metrics, log });
  const served = await servedRequest();
  recorder.record(served);
  const handlers = receiptHandlers(ledger, (id) => recorder.isPending(id));
  const { id } = served.exchange;
  expect(await handlers.byId(id, ALICE)).toMatchObject({ status: 202 });
  await recorder.run(stopped);
  const answer = await handlers.byId(id, ALICE);
  if (answer.status !== 200 || !("body" in answer)) throw new Error(JSON.stringify(answer));
  expect(verifyReceipt(answer.body, MINER, verify)).toMatchObject({
    request_id: id,
    caller: { hotkey: ALICE },
  });
  expect(verifyReceipt(answer.body, ALICE, verify)).toBeNull();
  expect(await handlers.byId(id, MINER)).toMatchObject({ status: 404 });
  expect(await handlers.byId(id, OPERATOR)).toMatchObject({ status: 200 });
  expect(await handlers.byId("nobody's", ALICE)).toMatchObject({ status: 404 });
});

test("any change to a proven receipt is seen", async () => {
  await using ledger = await openLedger();
  await write(ledger, 0, 100);
  const answer = await documentOf(ledger, "request-42", OPERATOR);
  const text = JSON.stringify("body" in answer && answer.body);
  expect(verifyReceipt(JSON.parse(text), MINER, verify)).not.toBeNull();
  for (const [before, after] of [
    ['\\"status\\":200', '\\"status\\":500'],
    ['"index":42', '"index":43'],
    ['"size":100', '"size":101'],
    ['"time_ms":', '"time_ms":1'],
    ['"proof":["0x', '"proof":["0x00'],
  ] as const) {
    expect(text).toContain(before);
    expect(verifyReceipt(JSON.parse(text.replace(before, after)), MINER, verify)).toBeNull();
  }
});

test("an export of a range verifies offline, whole, and holds every receipt that was asked for", async () => {
  await using ledger = await openLedger();
  for (let n = 0; n < 20; n += 1) await write(ledger, n * 50, (n + 1) * 50);
  expect(await judge(await exported(ledger))).toMatchObject({
    ok: true,
    first: 0,
    requests: 1_000,
  });
  const lines = await exported(ledger, T0 + 320, T0 + 410);
  const seen: number[] = [];
  const verdict = await verifyExport(lines, {
    hotkey: MINER,
    verify,
    onReceipt: (receipt) => receipt.kind === "request" && seen.push(receipt.ended_ms - T0),
  });
  expect(verdict).toMatchObject({ ok: true, first: 300, callers: { anonymous: 150 } });
  expect(seen).toEqual(Array.from({ length: 150 }, (_, n) => 300 + n));
});

test("whatever is changed, left out, put in or moved in an export is seen, by anybody", async () => {
  await using ledger = await openLedger();
  await write(ledger, 0, 10);
  await write(ledger, 10, 30);
  await write(ledger, 30, 60);
  const lines = await exported(ledger, T0 + 35);
  expect(await judge(lines)).toMatchObject({ ok: true, first: 30 });
  const [header = "", ...receipts] = lines;
  const forge = (change: (head: Record<string, unknown>) => void) => {
    const head = JSON.parse(header);
    change(head);
    return [JSON.stringify(head), ...receipts];
  };
  const swapped = [...receipts];
  [swapped[3], swapped[4]] = [swapped[4] ?? "", swapped[3] ?? ""];
  const forgeries: Record<string, readonly string[]> = {
    changed: [
      header,
      ...receipts.with(5, (receipts[5] ?? "").replace('"status":200', '"status":201')),
    ],
    "left out": [header, ...receipts.toSpliced(5, 1)],
    "cut off": [header, ...receipts.slice(0, -1)],
    "put in": [header, ...receipts.toSpliced(5, 0, receipts[5] ?? "")],
    appended: [...lines, receipts[0] ?? ""],
    moved: [header, ...swapped],
    garbage: [header, ...receipts.with(5, "{}")],
    empty: [],
    headless: receipts,
    "other size": forge((head) => Object.assign(head["checkpoint"] as object, { size: 59 })),
    "other time": forge((head) => Object.assign(head["checkpoint"] as object, { time_ms: 1 })),
    "other start": forge((head) => Object.assign(head, { first: 29 })),
    "other past": forge((head) => (head["peaks"] as string[]).reverse()),
    "other signer": forge((head) => {
      const { ledger_id: ledgerId, size, root } = head["checkpoint"] as Checkpoint;
      const past = { ledgerId, size, root: Buffer.from(root, "hex"), timeMs: 1 };
      head["checkpoint"] = { ...makeCheckpoint(past, null), hotkey: MINER };
    }),
  };
  for (const [name, forgery] of Object.entries(forgeries))
    expect(await judge(forgery), name).toMatchObject({ ok: false });
});

test("a receipt whose caller did not sign what it says condemns the export that has it", async () => {
  await using ledger = await openLedger();
  const { exchange } = await servedRequest();

  const receipt = receiptOf(await servedRequest(), T0);
  if (receipt === null || exchange.principal === null) throw new Error("no receipt");
  const forged = { ...receipt, request: { ...receipt.request, sha256: "00".repeat(32) } };
  await ledger.append([prepareReceipt(receipt)], T0);
  await ledger.checkpoint(T0);
  expect(await judge(await exported(ledger))).toMatchObject({ ok: true, callers: { proven: 1 } });
  await ledger.append([prepareReceipt(forged)], T0);
  await ledger.checkpoint(T0 + 1);
  expect(await judge(await exported(ledger))).toEqual({
    ok: false,
    fault: "RECEIPT_DISPROVEN",
    line: 3,
  });
});

test("without a key receipts are kept unsigned, and say so", async () => {
  await using ledger = await openLedger({}, null);
  expect(await write(ledger, 0, 5)).toMatchObject({ hotkey: null, signature: null });
  const lines = await exported(ledger);
  expect(await judge(lines)).toMatchObject({ ok: false, fault: "SIGNATURE_INVALID" });
  expect(await verifyExport(lines, { hotkey: null, verify })).toMatchObject({ ok: true });
});

test("a ledger goes on over many segments, across restarts, and proves old and new", async () => {
  const total = SEGMENT_SIZE * 2 + 100;
  {
    await using ledger = await openLedger();
    for (let n = 0; n < total; n += 5_000) await write(ledger, n, Math.min(total, n + 5_000));
  }
  await using ledger = await openLedger();
  expect([ledger.size, ledger.latest?.size]).toEqual([total, total]);
  await write(ledger, total, total + 7);
  for (const n of [0, 1, SEGMENT_SIZE - 1, SEGMENT_SIZE, 20_000, SEGMENT_SIZE * 2, total + 6]) {
    const answer = await documentOf(ledger, `request-${n}`, OPERATOR);
    const proven = "body" in answer ? verifyReceipt(answer.body, MINER, verify) : null;
    expect(proven, String(n)).toMatchObject({ request_id: `request-${n}` });
  }
  const middle = await judge(await exported(ledger, T0 + 16_000, T0 + 18_000));
  expect(middle).toMatchObject({ ok: true, first: 15_000, requests: 5_000 });
});

test("the oldest segments go when there is too much, and the rest is proven as before", async () => {
  const total = SEGMENT_SIZE * 3 + 10;
  {
    await using ledger = await openLedger({ maxBytes: 20_000_000 });
    for (let n = 0; n < total; n += 8_192) await write(ledger, n, Math.min(total, n + 8_192));
    expect(ledger.firstKept).toBe(SEGMENT_SIZE * 2);
  }
  await using ledger = await openLedger({ maxBytes: 20_000_000 });
  expect(ledger.firstKept).toBe(SEGMENT_SIZE * 2);
  expect(await documentOf(ledger, "request-5", OPERATOR)).toMatchObject({ status: 404 });
  const answer = await documentOf(ledger, `request-${total - 1}`, OPERATOR);
  expect("body" in answer && verifyReceipt(answer.body, MINER, verify)).toBeTruthy();
  const [header = "{}"] = await exported(ledger);
  expect(JSON.parse(header)).toMatchObject({ first: SEGMENT_SIZE * 2 });
  await expect(Array.fromAsync(ledger.texts(0, 5))).rejects.toMatchObject({
    code: "RECEIPTS_GONE",
  });
});

/** A copy of the directory to spoil. */
async function copied(spoil: (path: (name: string) => string) => Promise<void>) {
  const copy = await mkdtemp(join(tmpdir(), "neurond-receipts-"));
  await cp(directory, copy, { recursive: true });
  await spoil((name) => join(copy, name));
  const reopened = openReceiptLedger({ directory: copy, ...bounds }, { signer: miner });
  return { reopened, [Symbol.asyncDispose]: () => rm(copy, { recursive: true }) };
}

test("whatever a crash cuts off behind the signed head, the ledger opens with all before", async () => {
  let signedBytes = 0;
  {
    await using ledger = await openLedger();
    await write(ledger, 0, 20);
    signedBytes = (await stat(join(directory, "00000000.ndjson"))).size;
    await ledger.append(numbered(20, 30), T0);
  }
  const name = "00000000.ndjson";
  const { size } = await stat(join(directory, name));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: signedBytes, max: size }),
      fc.constantFrom("", "\0\0\0\0", '{"kind":"gap"', "junk\n", '\0\n{"v":1}\n'),
      async (length, tail) => {
        await using spoilt = await copied(async (path) => {
          await truncate(path(name), length);
          await appendFile(path(name), tail);
          await truncate(path("00000000.tree"), length % 700);
          await truncate(path("00000000.index"), length % 300);
        });
        await using ledger = await spoilt.reopened;
        const whole = Math.floor((length - signedBytes) / ((size - signedBytes) / 10));
        expect(ledger.size).toBe(20 + whole);
        await write(ledger, ledger.size, ledger.size + 3);
        const lines = await exported(ledger);
        expect(await judge(lines)).toMatchObject({ ok: true, requests: 23 + whole });
        const answer = await documentOf(ledger, "request-13", OPERATOR);
        expect("body" in answer && verifyReceipt(answer.body, MINER, verify)).toBeTruthy();
      },
    ),
    { numRuns: 40 },
  );
});

test("receipts that were signed and are cut off or changed are not taken for the ledger", async () => {
  {
    await using ledger = await openLedger();
    await write(ledger, 0, 10);
    await write(ledger, 10, 20);
  }
  const name = "00000000.ndjson";
  const { size } = await stat(join(directory, name));
  const bytes = await readFile(join(directory, name));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: size - 1 }), fc.boolean(), async (at, cut) => {
      await using spoilt = await copied(async (path) => {
        if (cut) return truncate(path(name), at);
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        await writeFile(path(name), changed);
      });
      await expect(spoilt.reopened).rejects.toMatchObject({ code: "RECEIPTS_DAMAGED" });
    }),
    { numRuns: 60 },
  );
});

test("a head that was not written whole is forgotten; the list of segments heals as well", async () => {
  {
    await using ledger = await openLedger();
    await write(ledger, 0, SEGMENT_SIZE);
    await write(ledger, SEGMENT_SIZE, SEGMENT_SIZE + 10);
  }
  await using spoilt = await copied(async (path) => {
    await appendFile(path("00000001.checkpoints"), '{"v":1,"hotk');
    await appendFile(path("sealed.ndjson"), '{"segment":1,"ro');
  });
  await using ledger = await spoilt.reopened;
  expect([ledger.size, ledger.latest?.size]).toEqual([SEGMENT_SIZE + 10, SEGMENT_SIZE + 10]);
  await using mixed = await copied((path) =>
    copyFile(path("00000001.checkpoints"), path("sealed.ndjson")),
  );
  await expect(mixed.reopened).rejects.toMatchObject({ code: "RECEIPTS_DAMAGED" });
});

test("a crash between the last receipt of a segment and its seal loses nothing", async () => {
  {
    await using ledger = await openLedger();
    await write(ledger, 0, SEGMENT_SIZE);
  }
  expect((await stat(join(directory, "sealed.ndjson"))).size).toBe(0);
  await using ledger = await openLedger();
  await write(ledger, SEGMENT_SIZE, SEGMENT_SIZE + 1);
  expect((await readdir(directory)).filter((name) => name.endsWith(".ndjson"))).toHaveLength(3);
  expect(await judge(await exported(ledger))).toMatchObject({
    ok: true,
    requests: SEGMENT_SIZE + 1,
  });
});

test("two proxies on one directory find out at the first receipt of the second", async () => {
  await using one = await openLedger();
  await using two = await openLedger();
  await one.append(numbered(0, 1), T0);
  await expect(two.append(numbered(0, 1), T0)).rejects.toMatchObject({ code: "RECEIPTS_SHARED" });
});

test("a write that fails half way is as if it had not been", async () => {
  await using ledger = await openLedger();
  await write(ledger, 0, 5);
  const tree = join(directory, "00000000.tree");
  const { size } = await stat(tree);
  await truncate(tree, size - 1);
  await expect(ledger.append(numbered(5, 6), T0)).rejects.toMatchObject({
    code: "RECEIPTS_SHARED",
  });
  const handle = await open(tree, "r+");
  await handle.truncate(size);
  await handle.close();
  expect(ledger.size).toBe(5);
  expect((await readFile(join(directory, "00000000.ndjson"), "utf8")).split("\n")).toHaveLength(6);
});

test("receipts that are too many to keep are counted, and the ledger says so", async () => {
  await using ledger = await openLedger();
  const metrics = createReceiptMetrics(new Registry());
  const settings = { ...RECEIPT_DEFAULTS, maxPending: 3 };
  const recorder = new ReceiptRecorder(settings, { ledger, metrics, log });
  const served = await servedRequest();
  for (let n = 0; n < 5; n += 1) recorder.record(served);
  await recorder.run(stopped);
  const { values } = await metrics.lost.get();
  expect(values[0]?.value).toBe(2);
  expect(await judge(await exported(ledger))).toMatchObject({ ok: true, requests: 3, lost: 2 });
});

test("ten thousand receipts at once are all written, and the event loop is never held up long", async () => {
  await using ledger = await openLedger();
  const metrics = createReceiptMetrics(new Registry());
  const recorder = new ReceiptRecorder(RECEIPT_DEFAULTS, { ledger, metrics, log });
  const served = await servedRequest();
  for (let n = 0; n < 10_000; n += 1) recorder.record(served);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await recorder.run(stopped);
  delay.disable();
  expect(ledger.latest?.size).toBe(10_000);
  expect(delay.percentile(90) / 1e6).toBeLessThan(100);
});

test("a recorder writes and signs while it runs, and the rest when it stops", async () => {
  await using ledger = await openLedger();
  const metrics = createReceiptMetrics(new Registry());
  const settings = { ...RECEIPT_DEFAULTS, flushMs: 5, checkpointMs: 5 };
  const recorder = new ReceiptRecorder(settings, { ledger, metrics, log });
  const stop = new AbortController();
  const running = recorder.run(stop.signal);
  const served = await servedRequest();
  recorder.record(served);
  while (ledger.latest?.size !== 1) await sleep(2);
  recorder.record(served);
  stop.abort();
  await running;
  expect(ledger.latest?.size).toBe(2);
});

test("kill -9 at any moment loses no receipt that was reported written", async () => {
  const script = join(import.meta.dirname, "endless-writer.ts");
  let reported = 0;
  for (const afterMs of [50, 200]) {
    const child = spawn(process.execPath, ["--conditions=neurond:source", script, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    while (!output.includes("\n")) await sleep(5);
    await sleep(afterMs);
    child.kill("SIGKILL");
    await once(child, "close");
    reported = Number(output.slice(0, output.lastIndexOf("\n")).split("\n").at(-1));
    await using ledger = await openLedger();
    expect(ledger.size).toBeGreaterThanOrEqual(reported);
    await ledger.checkpoint(T0);
    expect(await judge(await exported(ledger))).toMatchObject({ ok: true, requests: ledger.size });
  }
  expect(reported).toBeGreaterThan(100);
});
