import { open } from "node:fs/promises";

/** As much as is read at once. */
export const READ_BYTES = 1_048_576;
/** One that is being read, one that is in use, and the one before it, of which the end may be held. */
const BUFFERS = 3;

/**
 * The bytes of a file from `start` on, read one piece ahead, in the same memory again and again: a
 * stream's would wait for the collector, tens of megabytes of it. A piece is written over when the
 * second one after it is asked for.
 */
export async function* readAhead(path: string, start = 0): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  const buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(READ_BYTES));
  let at = start;
  const read = async (turn: number) => {
    const [buffer = new Uint8Array()] = buffers.slice(turn % BUFFERS);
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
    at += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  let coming = read(0);
  try {
    for (let turn = 1; ; turn += 1) {
      const piece = await coming;
      if (piece.length === 0) return;
      coming = read(turn);
      // Whoever asks for the next piece hears of it.
      coming.catch(() => undefined);
      yield piece;
    }
  } finally {
    // Not closed under a read, whose file number another file may get.
    await coming.catch(() => undefined);
  }
}
