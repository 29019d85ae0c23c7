import { type Hotkey, isCoded } from "@neurond/primitives";
import { MAX_CAPACITY_BYTES, type Poll, parseCapacity } from "@neurond/registry";

/** Sends one signed GET; rejects when nobody answers in time or the answer is too long. */
export type SendPoll = (request: {
  readonly url: URL;
  readonly receiver: Hotkey;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly maxAnswerBytes: number;
}) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

/** How to poll. */
export interface PollOptions {
  readonly send: SendPoll;
  readonly signal: AbortSignal;
  /** 10000 unless given. */
  readonly timeoutMs?: number;
  /** The clock of `MinerHealth`, in ms. */
  readonly now: () => number;
}

/** Asks a miner what it offers: `GET /capacity`. Rejects only when the signal fires. */
export async function pollCapacity(
  { url, hotkey }: { readonly url: string; readonly hotkey: Hotkey },
  { send, signal, timeoutMs = 10_000, now }: PollOptions,
): Promise<Poll> {
  try {
    const { status, body } = await send({
      url: new URL("/capacity", url),
      receiver: hotkey,
      timeoutMs,
      signal,
      maxAnswerBytes: MAX_CAPACITY_BYTES,
    });
    if (status !== 200) return { kind: "silent", atMs: now(), reason: `answered ${status}` };
    return { kind: "answered", atMs: now(), capacity: parseCapacity(parseJson(body)) };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    if (!isCoded(error, "ANSWER_TOO_LARGE")) return { kind: "silent", atMs: now(), reason };
    return { kind: "answered", atMs: now(), capacity: { ok: false, reason } };
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
