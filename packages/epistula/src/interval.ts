import { type Hotkey, toHex } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { EPISTULA } from "./header-names.ts";
import type { RawHeaders } from "./request-head.ts";
import { requireSr25519, type SigningKey } from "./signing-key.ts";

/** Length of a bucket; a signature is good for up to three of them. */
export const INTERVAL_MS = 10_000;

/** Slots of a bucket, each with a header of its own. */
export const INTERVAL_SLOTS = [0, 1, 2] as const;

/**
 * What an interval signature covers (epistula.md section 5). A: the bucket in milliseconds as Python
 * prints a float. B: the number of the bucket. C: as B, but with the sender in the receiver's place,
 * so that anyone may show it to anyone.
 */
export type IntervalVariant = "A" | "B" | "C";

/** One of the three slots. */
export type IntervalSlot = (typeof INTERVAL_SLOTS)[number];

/** The bucket of a time in Unix milliseconds. */
export function intervalBucket(timeMs: number): number {
  return Math.ceil(timeMs / INTERVAL_MS);
}

/** The message of one slot; `party` is the receiver, and under C the sender. */
export function intervalMessage(
  variant: IntervalVariant,
  bucket: number,
  slot: IntervalSlot,
  party: string,
): string {
  const offset = slot - 1;
  // Under A the neighbours are one millisecond away, not one bucket: only the middle slot is of use.
  const time =
    variant === "A" ? (bucket * INTERVAL_MS + offset).toFixed(1) : String(bucket + offset);
  return `${time}.${party}`;
}

/** The three interval headers of a bucket; the same ones serve every request to a receiver in it. */
export function signInterval(
  key: SigningKey,
  variant: IntervalVariant,
  bucket: number,
  receiver: Hotkey,
  random: Uint8Array,
): RawHeaders {
  const sender = requireSr25519(key);
  const party = variant === "C" ? sender : receiver;
  return INTERVAL_SLOTS.map((slot) => {
    const message = utf8ToBytes(intervalMessage(variant, bucket, slot, party));
    return [intervalHeader(slot), toHex(key.sign(message, random))] as const;
  });
}

/** The header name of a slot. */
export function intervalHeader(slot: IntervalSlot): string {
  return `${EPISTULA.secretSignature}-${slot}`;
}
