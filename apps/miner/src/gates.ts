import { type Admit, checkInline, defineAuthPolicy, replayMemory } from "@neurond/epistula";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Gate } from "@neurond/runtime";
import type { MinerMetrics } from "./metrics.ts";

export interface GateOptions {
  readonly hotkey: Hotkey;
  readonly netuid: Netuid;
  readonly admit: Admit;
  readonly maxShardBytes: number;
  readonly uploadMs: number;
  readonly metrics: MinerMetrics;
  /** Charges a proven caller for a request; nobody is when absent. */
  readonly charge?: Gate["charge"];
}

/** What routes ask of their callers. */
export interface Gates {
  /** Questions: small bodies, answered at once. */
  readonly question: Gate;
  /** Shards on their way in. */
  readonly upload: Gate;
  /** Questions of whoever has our own hotkey. */
  readonly operator: Gate;
}

const QUESTION_BYTES = 1_048_576;
const QUESTION_MS = 30_000;
/** What the two signing schemes allow between a signature and its arrival, and a margin. */
const WINDOWS_MS = 15_000;

/**
 * One door with two widths. They share the memory of nonces, so that a request spent on one route is
 * spent on all; it outlives the longest upload.
 */
export function createGates(options: GateOptions): Gates {
  const { hotkey, netuid, admit, maxShardBytes, uploadMs, metrics, charge } = options;
  const longestMs = Math.max(uploadMs, QUESTION_MS);
  const replay = replayMemory({
    retentionMs: longestMs + WINDOWS_MS,
    now: () => performance.now(),
  });
  const gate = (maxBodyBytes: number, finishWithinMs: number, who = admit): Gate => ({
    policy: defineAuthPolicy({
      receivers: [hotkey],
      netuid,
      replay,
      admit: who,
      maxBodyBytes,
      finishWithinMs,
      // Without it, a signed question could be sent on to another route.
      binding: "required",
    }),
    check: checkInline,
    onRefused: ({ code }) => metrics.refusals.inc({ code }),
    ...(charge && { charge }),
  });
  return {
    question: gate(QUESTION_BYTES, QUESTION_MS),
    upload: gate(maxShardBytes, uploadMs),
    operator: gate(0, QUESTION_MS, onlyFor(hotkey)),
  };
}

const onlyFor =
  (own: Hotkey): Admit =>
  (sender) => {
    if (sender === own) return { admitted: true, standing: null };
    const detail = "only the miner's own hotkey may ask this";
    return { admitted: false, code: "SENDER_NOT_ALLOWED", detail };
  };
