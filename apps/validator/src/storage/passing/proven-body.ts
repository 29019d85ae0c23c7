import { CodedError } from "@neurond/primitives";
import type { ValidatorCode } from "../../errors.ts";

/**
 * Passes a body on but for its last piece, which follows when length and signature hold. So a miner
 * never has the whole of something nobody signed, and nothing is kept in memory but one piece.
 * @throws CodedError SHARD_MISMATCH; what `confirm` throws
 */
export async function* provenBody(
  body: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  confirm: () => Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  let last: Uint8Array | undefined;
  let received = 0;
  for await (const piece of body) {
    received += piece.length;
    if (received > sizeBytes) throw mismatch(`it is longer than its ${sizeBytes} bytes`);
    if (last !== undefined) yield last;
    last = piece;
  }
  if (received < sizeBytes) throw mismatch(`it ended after ${received} of ${sizeBytes} bytes`);
  await confirm();
  if (last !== undefined) yield last;
}

const mismatch = (reason: string) =>
  new CodedError<ValidatorCode>("SHARD_MISMATCH", `the shard was not passed on: ${reason}`);
