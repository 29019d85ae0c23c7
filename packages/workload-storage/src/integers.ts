/** An integer of any width, most significant byte first; no bytes are zero. */
export function numberFromBytes(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** An integer of any width, least significant byte first. */
export function numberFromReversedBytes(bytes: Uint8Array): bigint {
  return numberFromBytes(bytes.toReversed());
}
