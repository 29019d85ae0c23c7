const OPEN = new TextEncoder().encode("<Bytes>");
const CLOSE = new TextEncoder().encode("</Bytes>");

/** The message as browser wallets sign it, so that a page cannot have a transaction signed as a message. */
export function wrapBytes(message: Uint8Array): Uint8Array {
  return Buffer.concat([OPEN, message, CLOSE]);
}
