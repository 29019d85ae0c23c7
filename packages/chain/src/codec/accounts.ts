import { encodeSs58 } from "@neurond/primitives";

/** Enough for every key of a large network; past it the table starts again. */
const MAX_ACCOUNTS = 200_000;
const texts = new Map<string, string>();

/**
 * The ss58 text of an account. Remembered, because a checksum costs 9 µs and each snapshot of a
 * subnet names the same keys again.
 */
export function accountText(bytes: Uint8Array): string {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const known = texts.get(key);
  if (known !== undefined) return known;
  if (texts.size >= MAX_ACCOUNTS) texts.clear();
  const text = encodeSs58(bytes);
  texts.set(key, text);
  return text;
}
