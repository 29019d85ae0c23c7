/**
 * Gives the memory of a buffer back at once. Ciphers hand out a new one for every piece, and at hundreds
 * of megabytes a second what waits for the collector outweighs all that is in use. Only for buffers
 * nobody else has a view of; what lies in memory with others, such as a pool's, is left alone.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
