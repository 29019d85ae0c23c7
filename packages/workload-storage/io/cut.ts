/** One piece of a stream. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Whether the stream ends with it. */
  readonly isLast: boolean;
}

/**
 * Cuts a stream into pieces of one length, the last shorter, however its bytes arrive. `first` is
 * the length of the first piece where it differs. A stream without bytes is one empty piece.
 */
export async function* cutInto(
  length: number,
  source: AsyncIterable<Uint8Array>,
  first = length,
): AsyncGenerator<Piece> {
  let wanted = first;
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    held.push(chunk);
    bytes += chunk.length;
    // A full piece waits for one more byte, which shows that it is not the last.
    while (bytes > wanted) {
      const all = Buffer.concat(held);
      yield { bytes: all.subarray(0, wanted), isLast: false };
      held = [all.subarray(wanted)];
      bytes -= wanted;
      wanted = length;
    }
  }
  yield { bytes: Buffer.concat(held), isLast: true };
}
