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
  let held: Uint8Array = new Uint8Array();
  for await (const chunk of source) {
    let rest = chunk;
    // A full piece waits for one more byte, which shows that it is not the last.
    while (held.length + rest.length > wanted) {
      const taken = wanted - held.length;
      // A long chunk holds many pieces: only the one across its beginning is copied.
      const bytes =
        held.length === 0
          ? rest.subarray(0, taken)
          : Buffer.concat([held, rest.subarray(0, taken)]);
      yield { bytes, isLast: false };
      held = new Uint8Array();
      rest = rest.subarray(taken);
      wanted = length;
    }
    held = held.length === 0 ? rest : Buffer.concat([held, rest]);
  }
  yield { bytes: held, isLast: true };
}
