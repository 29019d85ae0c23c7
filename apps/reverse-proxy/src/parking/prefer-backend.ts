import type { ResponseSink } from "../forward/sink.ts";
import { giveAnswer, type JobAnswer } from "./job-answer.ts";

/** A longer 404 is passed on without its body's rest: it says no more than its beginning. */
const MAX_HELD_BYTES = 64 * 1024;

/**
 * Passes a backend's answer about a job to the client, unless it knows no such job (404, 405, 501) or
 * cannot be reached: then `ours` answers, and if that knows nothing either, the backend's word stands.
 */
export function preferBackend(
  client: ResponseSink,
  ours: () => Promise<JobAnswer | undefined>,
): ResponseSink {
  let held: { status: number; headers: readonly string[]; chunks: Buffer[]; bytes: number } | null =
    null;
  let began = false;
  const instead = async (otherwise: () => void) => {
    const answer = await ours().catch(() => undefined);
    if (answer === undefined) return otherwise();
    giveAnswer(client, answer);
  };
  return {
    start(status, headers) {
      began = true;
      if (KNOWS_NOTHING.has(status)) held = { status, headers, chunks: [], bytes: 0 };
      else client.start(status, headers);
    },
    write(chunk) {
      if (held === null) return client.write(chunk);
      if (held.bytes + chunk.length <= MAX_HELD_BYTES) held.chunks.push(Buffer.from(chunk));
      held.bytes += chunk.length;
      return true;
    },
    onDrain: (resume) => client.onDrain(resume),
    end(trailers) {
      if (held === null) return client.end(trailers);
      const { status, headers, chunks } = held;
      void instead(() => giveAnswer(client, { status, headers, body: Buffer.concat(chunks) }));
    },
    fail(failure) {
      if (failure === "client-left" || (began && held === null)) return client.fail(failure);
      void instead(() => client.fail(failure));
    },
  };
}

const KNOWS_NOTHING: ReadonlySet<number> = new Set([404, 405, 501]);
