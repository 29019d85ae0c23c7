/**
 * Copies bytes to place `at` of others. Into and out of shared memory `TypedArray.set` goes by atomic
 * words, and by single bytes where the two are not aligned alike, at a tenth of this one's speed.
 * The two must not overlap.
 */
export function copyBytes(from: Uint8Array, to: Uint8Array, at = 0): void {
  if (at + from.length > to.length) throw new RangeError("the bytes reach beyond their place");
  Buffer.from(to.buffer, to.byteOffset + at, from.length).fill(from);
}
