import { addAbortSignal, type Readable } from "node:stream";
import { CodedError, isAbort } from "@neurond/primitives";
import type { MinerCode } from "../errors.ts";

/**
 * The bytes of an upload, then the proof of who sent them: reading to the end throws unless `confirm`
 * agrees, so whoever reads it whole may keep it. The stream ends at its deadline, however slowly it
 * drips, and with its connection.
 */
export async function* provenBody(
  body: Readable,
  {
    deadlineMs,
    confirm,
  }: { readonly deadlineMs: number; readonly confirm: () => Promise<unknown> },
): AsyncGenerator<Uint8Array> {
  const deadline = AbortSignal.timeout(deadlineMs);
  addAbortSignal(deadline, body);
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    if (deadline.aborted && isAbort(error)) throw late(deadlineMs);
    throw error;
  }
  await confirm();
}

/** Reads a body that is not needed, up to a length, for the sake of its proof. */
export async function drain(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length <= maxBytes) continue;
    const message = `the body exceeds the ${maxBytes} bytes it is for`;
    throw new CodedError("SIZE_MISMATCH", message);
  }
}

function late(deadlineMs: number): CodedError<MinerCode> {
  return new CodedError("UPLOAD_LATE", `the shard did not arrive within ${deadlineMs} ms`);
}
