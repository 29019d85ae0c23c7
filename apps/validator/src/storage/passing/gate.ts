import {
  type Admit,
  admitAnyone,
  type CheckSignature,
  checkInline,
  defineAuthPolicy,
  replayMemory,
} from "@neurond/epistula";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Gate, VerifyPool } from "@neurond/runtime";
import type { ValidatorMetrics } from "../../metrics.ts";

/** Whom the storage endpoints serve, and for how long a request may take. */
export interface GateOptions {
  readonly hotkey: Hotkey;
  readonly netuid: Netuid;
  /** Anybody who signs when empty. */
  readonly clients: readonly Hotkey[];
  readonly maxShardBytes: number;
  readonly transferMs: number;
  /** Checks signatures off the main thread; on it when null. */
  readonly pool: VerifyPool | null;
  readonly metrics: ValidatorMetrics;
}

/** What the two signing schemes allow between a signature and its arrival, and a margin. */
const WINDOWS_MS = 15_000;

/** The door of the storage endpoints; it must know a nonce for as long as an upload may take. */
export function storageGate(options: GateOptions): Gate {
  const { hotkey, netuid, clients, maxShardBytes, transferMs, pool, metrics } = options;
  return {
    policy: defineAuthPolicy({
      receivers: [hotkey],
      netuid,
      replay: replayMemory({
        retentionMs: transferMs + WINDOWS_MS,
        now: () => performance.now(),
      }),
      admit: clients.length === 0 ? admitAnyone : admitListed(new Set(clients)),
      maxBodyBytes: maxShardBytes,
      finishWithinMs: transferMs,
      // Without it, a signed request for one shard could be sent on for another.
      binding: "required",
    }),
    check: pool === null ? checkInline : pooled(pool),
    onRefused: ({ code }) => metrics.refusals.inc({ code }),
  };
}

const admitListed =
  (clients: ReadonlySet<Hotkey>): Admit =>
  (sender) =>
    clients.has(sender)
      ? { admitted: true, standing: null }
      : {
          admitted: false,
          code: "SENDER_NOT_ALLOWED",
          detail: "this validator stores for listed clients only",
        };

/** The pool knows sr25519; the rare other scheme is checked here. */
const pooled =
  (pool: VerifyPool): CheckSignature =>
  (scheme, publicKey, message, signature) =>
    scheme === "sr25519"
      ? pool.verify({ publicKey, message, signature })
      : checkInline(scheme, publicKey, message, signature);
