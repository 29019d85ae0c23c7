import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Signer } from "@neurond/ledger";
import { hotkeyOf, isAbort, toHex } from "@neurond/primitives";
import type { ExportHeader } from "@neurond/receipts";
import type { CheckedFetch } from "@neurond/registry/io";
import { type Logger, readBounded } from "@neurond/runtime";
import { z } from "zod";
import type { ReceiptMetrics } from "./metrics.ts";
import type { ReceiptLedger } from "./receipt-ledger.ts";

/** What handing receipts in takes. */
export interface HandInDeps {
  readonly ledger: Pick<ReceiptLedger, "latest" | "firstKept" | "peaks" | "texts" | "headAt">;
  readonly signer: Signer;
  readonly send: CheckedFetch;
  readonly metrics: Pick<ReceiptMetrics, "handedIn">;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What came of a look at one validator. */
export type HandedIn = "whole" | "later" | "refused" | "unreachable";

/** Receipts at once: a validator checks every signature in them before it answers. */
const MAX_RECEIPTS = 2_000;
const MAX_CHARS = 6_000_000;
const ANSWER_MS = 60_000;
const MAX_ANSWER_BYTES = 65_536;

/** Where a validator says that each ledger goes on. */
const Standing = z.object({
  ledgers: z.array(z.object({ ledger_id: z.string(), next: z.int().min(0) })),
});

/** Hands new receipts to validators, one after the other, until the signal fires. */
export async function followHandIn(
  deps: HandInDeps,
  { handTo, handMs }: { readonly handTo: readonly string[]; readonly handMs: number },
  signal: AbortSignal,
): Promise<void> {
  while (handTo.length > 0 && !signal.aborted) {
    for (const url of handTo)
      deps.metrics.handedIn.inc({ result: await handIn(deps, url, signal) });
    await sleep(handMs, undefined, { signal }).catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
  }
}

/**
 * Hands one validator what it does not have yet. Where to go on it says itself, so nothing is kept here
 * that a crash could lose, and nothing is handed in twice.
 */
export async function handIn(
  deps: HandInDeps,
  url: string,
  signal: AbortSignal,
): Promise<HandedIn> {
  try {
    let most = MAX_RECEIPTS;
    for (;;) {
      signal.throwIfAborted();
      const batch = await batchFor(deps, await nextOf(deps, url, signal), most);
      if (batch === null) return "whole";
      const status = await post(deps, url, batch.body, signal);
      if (status === 200) continue;
      // What is too much at once, or for the room that is left, may go in part.
      if ((status === 413 || status === 429) && batch.count > 1) most = Math.floor(batch.count / 2);
      else return refusal(deps, url, status);
    }
  } catch (error) {
    if (!signal.aborted) deps.log.debug({ url, error }, "receipts not handed in; trying again");
    return "unreachable";
  }
}

function refusal({ log }: HandInDeps, url: string, status: number): HandedIn {
  // A process beside us was faster, or the slice is full: another look will tell.
  if (status === 409 || status === 429) return "later";
  log.warn({ url, status }, "validator refuses our receipts");
  return "refused";
}

/** The receipt that a validator wants next; 0 for a ledger it does not know. */
async function nextOf(
  { ledger, signer, send }: HandInDeps,
  url: string,
  signal: AbortSignal,
): Promise<number> {
  const path = `audit/receipts/${hotkeyOf(signer.publicKey)}`;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const response = await send(resolved(url, path), { signal: bounded });
  const bytes = await readBounded(response, MAX_ANSWER_BYTES);
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const { ledgers } = Standing.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  return ledgers.find((one) => one.ledger_id === ledger.latest?.ledger_id)?.next ?? 0;
}

/** An export of receipts from one on, with a head that is signed over exactly them; null when there are none. */
async function batchFor(
  { ledger, now }: HandInDeps,
  next: number,
  most: number,
): Promise<{ readonly body: string; readonly count: number } | null> {
  const size = ledger.latest?.size ?? 0;
  const first = Math.max(next, ledger.firstKept);
  if (first >= size) return null;
  const texts: string[] = [];
  let chars = 0;
  for await (const text of ledger.texts(first, Math.min(size, first + most))) {
    texts.push(text);
    chars += text.length;
    if (chars >= MAX_CHARS) break;
  }
  const header: ExportHeader = {
    kind: "neurond/receipts-export/v1",
    checkpoint: await ledger.headAt(first + texts.length, now()),
    first,
    peaks: [...(await ledger.peaks(first))],
    from_ms: 0,
    to_ms: 0,
  };
  return { body: [JSON.stringify(header), ...texts, ""].join("\n"), count: texts.length };
}

async function post(
  { signer, send, now }: HandInDeps,
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const hotkey = hotkeyOf(signer.publicKey);
  const nonce = String(Math.floor(now() / 1_000));
  const message = `${hotkey}:${nonce}:${hash("sha256", body, "hex")}`;
  const response = await send(resolved(url, "audit/receipts"), {
    method: "POST",
    headers: {
      "content-type": "application/x-ndjson",
      "x-chutes-hotkey": hotkey,
      "x-chutes-nonce": nonce,
      "x-chutes-signature": toHex(signer.sign(Buffer.from(message))).slice(2),
    },
    body: new TextEncoder().encode(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  await response.body?.cancel();
  return response.status;
}

const resolved = (url: string, path: string): URL =>
  new URL(path, url.endsWith("/") ? url : `${url}/`);
