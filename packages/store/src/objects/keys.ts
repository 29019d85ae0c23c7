/** A key as its column has it. */
export const keyBytes = (key: string): Buffer => Buffer.from(key, "utf8");

/** A column as the key it holds. */
export const keyText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** The least bytes behind all that begin with a prefix; null when nothing is. UTF-8 never holds 0xff. */
export function behind(prefix: string): Buffer | null {
  const bytes = keyBytes(prefix);
  const last = bytes.at(-1);
  if (last === undefined) return null;
  bytes[bytes.length - 1] = last + 1;
  return bytes;
}
