import { createHash } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import {
  admitAnyone,
  checkHeaders,
  defineAuthPolicy,
  finish,
  RequestSigner,
  type RequestSignerOptions,
  replayMemory,
} from "@neurond/epistula";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import type { RequestReceipt } from "@neurond/receipts";
import type { HeldBody } from "../../src/body/read-body.ts";
import type { Ending, Served } from "../../src/served.ts";
import { exchangeOf } from "../upstream/exchange.ts";

export const alice = keypairFromUri("//Alice");
export const miner = keypairFromUri("//Bob");
export const ALICE = hotkeyOf(alice.publicKey);
export const MINER = hotkeyOf(miner.publicKey);

/** An answer of a backend that went well. */
export const FORWARDED: Ending = {
  kind: "forwarded",
  upstream: "inference",
  queuedMs: 1.5,
  forwarded: {
    status: 200,
    failure: null,
    bytesIn: 20,
    bytesOut: 6,
    responseSha256: createHash("sha256").update("pixels").digest(),
    firstByteMs: 12.25,
    totalMs: 20.75,
  },
};

export function heldOf(body: string): HeldBody {
  const bytes = Buffer.from(body);
  return {
    kind: "held",
    body: { kind: "memory", bytes },
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest(),
    release: () => undefined,
  };
}

type How = Pick<RequestSignerOptions, "schemes" | "dialect" | "binding">;

/** A request that Alice signed and that was served, with whatever else she sent. */
export async function servedRequest(
  how: How = { schemes: ["epistula"] },
  ending: Ending = FORWARDED,
  body = '{"prompt":"a cat"}',
): Promise<Served> {
  const held = heldOf(body);
  const signer = new RequestSigner({ key: alice, interval: "A", ...how });
  const target = "/inference?seed=7";
  const now = Date.now();
  const random = new Uint8Array(32).fill(5);
  const wish = { method: "POST", target, bodySha256: held.sha256, receiver: MINER, now, random };
  const headers = [
    ...signer.sign(wish),
    ["Content-Type", "application/json"],
    ["Cookie", "session=secret"],
  ] as const;
  const policy = defineAuthPolicy({
    receivers: [MINER],
    netuid: toNetuid(11),
    replay: replayMemory({ retentionMs: 60_000, now: Date.now }),
    admit: admitAnyone,
  });
  const exchange = exchangeOf({ headers, path: target });
  const pending = checkHeaders(exchange.head, policy, now);
  if (pending.kind !== "pending") throw new Error(JSON.stringify(pending));
  const signed = await finish(pending, held.sha256);
  if (signed.kind !== "signed") throw new Error(signed.detail);
  exchange.principal = signed.principal;
  return { exchange, ending, held, totalMs: 21 };
}

/** A receipt that nobody had to sign for. */
export function receiptNumber(n: number, endedMs = 1_790_000_000_000 + n): RequestReceipt {
  return {
    caller: null,
    code: null,
    ended_ms: endedMs,
    failure: null,
    first_byte_ms: 3,
    kind: "request",
    method: "POST",
    outcome: "forwarded",
    proof: null,
    queued_ms: 0,
    received_ms: endedMs - 5,
    request: { bytes: 10, sha256: null },
    request_id: `request-${n}`,
    response: { bytes: 6, sha256: "ab".repeat(32) },
    route: "/inference",
    status: 200,
    target: null,
    target_sha256: "cd".repeat(32),
    upstream: "inference",
    upstream_status: 200,
    v: 1,
  };
}
