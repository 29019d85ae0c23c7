import type { Type } from "./type.ts";

/**
 * Decodes a value from the start of `bytes`. The codec library reads a view's whole buffer, so a
 * view into a larger buffer (every small Node `Buffer` is one) is copied first.
 *
 * @throws RangeError when the bytes end early or do not fit the type.
 */
export function decode<T>(type: Type<T>, bytes: Uint8Array): T {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return type.codec.dec(whole ? bytes : new Uint8Array(bytes));
}
