import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifySr25519Fast } from "@neurond/crypto";
import { fromHex, publicKeyOf } from "@neurond/primitives";
import { verifyExport } from "@neurond/receipts";
import type { CheckedFetch } from "@neurond/registry/io";
import { createLogger, createRegistry } from "@neurond/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type HandInDeps, handIn } from "../../src/receipts/hand-in.ts";
import { createReceiptMetrics } from "../../src/receipts/metrics.ts";
import { prepareReceipt } from "../../src/receipts/prepare-receipt.ts";
import { openReceiptLedger, type ReceiptLedger } from "../../src/receipts/receipt-ledger.ts";
import { MINER, miner, receiptNumber } from "./samples.ts";

const URL_OF = "http://validator.example/base";
const NOW = 1_790_000_000_000;
const bounds = { maxBytes: 2 ** 40, retentionDays: 100_000 };
let directory = "";
let ledger: ReceiptLedger;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-hand-in-"));
  ledger = await openReceiptLedger({ directory, ...bounds }, { signer: miner });
});
afterEach(async () => {
  await ledger[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function serve(count: number): Promise<void> {
  const from = ledger.size;
  const all = Array.from({ length: count }, (_, n) => prepareReceipt(receiptNumber(from + n)));
  await ledger.append(all, NOW);
  await ledger.checkpoint(NOW);
}

/** A validator that believes only what is signed and whole. */
class Intake {
  readonly taken: number[] = [];
  next = 0;
  ledgerId: string | null = null;
  status = 200;
  isLost = false;
  /** Receipts that it still takes. */
  room = Number.POSITIVE_INFINITY;

  readonly send: CheckedFetch = async (url, { method, headers, body } = {}) => {
    if (method !== "POST") {
      expect(url.href).toBe(`${URL_OF}/audit/receipts/${MINER}`);
      const known = this.ledgerId === null ? [] : [{ ledger_id: this.ledgerId, next: this.next }];
      return Response.json({ ledgers: known });
    }
    expect(url.href).toBe(`${URL_OF}/audit/receipts`);
    const text = new TextDecoder().decode(body as Uint8Array);
    this.#checkSender(new Headers(headers), text);
    if (this.status !== 200) return new Response("", { status: this.status });
    const lines = text.trimEnd().split("\n");
    const verdict = await verifyExport(lines, { hotkey: MINER, verify: verifySr25519Fast });
    if (!verdict.ok || verdict.first !== this.next) return new Response("", { status: 422 });
    if (verdict.requests > this.room) return new Response("", { status: 429 });
    this.room -= verdict.requests;
    this.taken.push(verdict.requests);
    this.next = verdict.checkpoint.size;
    this.ledgerId = verdict.checkpoint.ledger_id;
    if (this.isLost) throw new TypeError("the connection broke before the answer came");
    return Response.json({});
  };

  #checkSender(headers: Headers, text: string): void {
    const signed = `${MINER}:${headers.get("x-chutes-nonce")}:${hash("sha256", text, "hex")}`;
    const signature = fromHex(`0x${headers.get("x-chutes-signature")}`);
    const isSigned = verifySr25519Fast(publicKeyOf(MINER), Buffer.from(signed), signature);
    expect([headers.get("x-chutes-hotkey"), isSigned]).toEqual([MINER, true]);
  }
}

const depsOf = ({ send }: Intake): HandInDeps => ({
  ledger,
  signer: miner,
  send,
  metrics: createReceiptMetrics(createRegistry("test")),
  log: createLogger("proxy", "fatal"),
  now: () => NOW,
});
const look = (intake: Intake) => handIn(depsOf(intake), URL_OF, new AbortController().signal);

describe("handing receipts to a validator", () => {
  test("goes on where the validator has come to, and is over when it has all", async () => {
    const intake = new Intake();
    expect(await look(intake)).toBe("whole");
    await serve(3);
    expect(await look(intake)).toBe("whole");
    await serve(4);
    expect(await look(intake)).toBe("whole");
    expect(await look(intake)).toBe("whole");
    expect(intake.taken).toEqual([3, 4]);
  });

  test("cuts a long ledger into exports that are each signed for", async () => {
    const intake = new Intake();
    await serve(4_500);
    expect(await look(intake)).toBe("whole");
    expect(intake.taken).toEqual([2_000, 2_000, 500]);
  });

  test("fills the room that a validator has left, and hands in the rest when there is more", async () => {
    const intake = new Intake();
    await serve(100);
    intake.room = 30;
    expect(await look(intake)).toBe("later");
    expect([intake.next, intake.room]).toEqual([30, 0]);
    intake.room = 1_000;
    expect(await look(intake)).toBe("whole");
    expect(intake.next).toBe(100);
  });

  test("hands nothing in twice although an answer was lost or the process began anew", async () => {
    const intake = new Intake();
    await serve(5);
    intake.isLost = true;
    expect(await look(intake)).toBe("unreachable");
    intake.isLost = false;
    await ledger[Symbol.asyncDispose]();
    ledger = await openReceiptLedger({ directory, ...bounds }, { signer: miner });
    await serve(2);
    expect(await look(intake)).toBe("whole");
    expect(intake.taken).toEqual([5, 2]);
  });

  test.each([
    [429, "later"],
    [409, "later"],
    [422, "refused"],
    [503, "refused"],
  ])("that answers %i is %s, and nothing is lost", async (status, expected) => {
    const intake = new Intake();
    await serve(2);
    intake.status = status;
    expect(await look(intake)).toBe(expected);
    intake.status = 200;
    expect(await look(intake)).toBe("whole");
    expect(intake.taken).toEqual([2]);
  });
});
