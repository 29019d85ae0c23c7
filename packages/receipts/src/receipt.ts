import { canonicalJson } from "@neurond/primitives";
import { z } from "zod";

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().max(1_024);

/** What was received or sent: bytes and SHA-256 of a body; the hash is null where nobody took it. */
const Side = z.strictObject({ bytes: count, sha256: sha256.nullable() });

/** Who asked, as proven when it did. */
const Caller = z.strictObject({
  covers_body: z.boolean(),
  covers_target: z.boolean(),
  hotkey: z.string(),
  nonce: z.string(),
  receiver: z.string().nullable(),
  scheme: z.enum(["btauth/1", "epistula/2", "epistula/1", "axon"]),
  signed_ms: count,
  uid: count.nullable(),
});

/** One request that was served, or turned away though its caller was proven. */
export const RequestReceipt = z.strictObject({
  /** Null on open routes. */
  caller: Caller.nullable(),
  /** Why it was turned away. */
  code: name.nullable(),
  ended_ms: count,
  /** Why the upstream gave no whole answer. */
  failure: z.enum(["unreachable", "timeout", "broken", "client-left"]).nullable(),
  first_byte_ms: count.nullable(),
  kind: z.literal("request"),
  method: name,
  outcome: z.enum(["answered", "denied", "forwarded", "left", "parked"]),
  /** The headers of the caller's signature, as sent; with `target` and the hash of the body they prove it. */
  proof: z.array(z.tuple([name, z.string().max(8_192)])).nullable(),
  queued_ms: count.nullable(),
  received_ms: count,
  request: Side,
  request_id: name,
  response: Side,
  route: name,
  /** What the caller saw; 499 where it had left. */
  status: count,
  /** Path and query as sent, of proven callers; who did not sign may have put anything there. */
  target: z.string().max(65_536).nullable(),
  target_sha256: sha256,
  upstream: name.nullable(),
  /** Of the upstream's answer, which of a parked request nobody saw. */
  upstream_status: count.nullable(),
  v: z.literal(1),
});
export type RequestReceipt = z.infer<typeof RequestReceipt>;

/** Receipts that could not be kept: the ledger says so rather than looking whole. */
export const GapReceipt = z.strictObject({
  from_ms: count,
  kind: z.literal("gap"),
  lost: count,
  to_ms: count,
  v: z.literal(1),
});
export type GapReceipt = z.infer<typeof GapReceipt>;

export type Receipt = RequestReceipt | GapReceipt;

const Receipt = z.discriminatedUnion("kind", [RequestReceipt, GapReceipt]);

/**
 * The one text of a receipt: canonical JSON. Receipts are made with their keys in order, which spares
 * the sorting; a test holds this against `canonicalJson`.
 */
export function encodeReceipt(receipt: Receipt): string {
  return JSON.stringify(receipt);
}

/** What a ledger looks at in its receipts. */
const Found = z.discriminatedUnion("kind", [
  RequestReceipt.pick({ kind: true, request_id: true, ended_ms: true }).loose(),
  GapReceipt.pick({ kind: true, to_ms: true }).loose(),
]);
export type FoundReceipt = z.infer<typeof Found>;

/** Reads of a receipt that its hash vouches for what it is found by; null when that is not there. */
export function readFoundReceipt(text: string): FoundReceipt | null {
  try {
    return Found.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Reads a receipt from outside; null unless it is valid and spelled canonically. */
export function decodeReceipt(text: string): Receipt | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = Receipt.safeParse(value);
  return parsed.success && text.isWellFormed() && canonicalJson(parsed.data) === text
    ? parsed.data
    : null;
}
