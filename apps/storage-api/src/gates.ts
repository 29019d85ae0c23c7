import {
  type Admit,
  AXON_WINDOW,
  type AxonField,
  checkInline,
  defineAuthPolicy,
  replayMemory,
} from "@neurond/epistula";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Gate } from "@neurond/runtime";
import type { StorageApiMetrics } from "./metrics.ts";

export interface GateOptions {
  readonly hotkey: Hotkey;
  readonly netuid: Netuid;
  readonly admit: Admit;
  readonly maxFileBytes: number;
  readonly uploadMs: number;
  readonly maxWireBytes: number;
  readonly metrics: Pick<StorageApiMetrics, "refusals">;
}

/** What routes ask of their callers. */
export interface Gates {
  /** Small bodies, answered at once. */
  readonly question: Gate;
  /** Files on their way in. */
  readonly upload: Gate;
  /** Synapses, of dendrites too; their declared fields are what such a caller signed. */
  readonly wire: (axonFields: readonly AxonField[]) => Gate;
}

const QUESTION_BYTES = 65_536;
const QUESTION_MS = 30_000;
const WIRE_MS = 120_000;
/** What the signing schemes allow between a signature and its arrival, and a margin. */
const WINDOWS_MS = AXON_WINDOW.maxAgeMs + AXON_WINDOW.maxSkewMs + 5_000;

/** One door of several widths with one memory of nonces: what is spent on one route is spent on all. */
export function createGates(options: GateOptions): Gates {
  const { hotkey, netuid, admit, maxFileBytes, uploadMs, maxWireBytes, metrics } = options;
  const longestMs = Math.max(uploadMs, QUESTION_MS, WIRE_MS);
  const replay = replayMemory({
    retentionMs: longestMs + WINDOWS_MS,
    now: () => performance.now(),
  });
  const shared = { receivers: [hotkey], netuid, replay, admit };
  const gate = (more: Partial<Parameters<typeof defineAuthPolicy>[0]>): Gate => ({
    // Without a binding, a signed request could be sent on to another route.
    policy: defineAuthPolicy({ ...shared, binding: "required", ...more }),
    check: checkInline,
    onRefused: ({ code }) => metrics.refusals.inc({ code }),
  });
  return {
    question: gate({ maxBodyBytes: QUESTION_BYTES, finishWithinMs: QUESTION_MS }),
    upload: gate({ maxBodyBytes: maxFileBytes, finishWithinMs: uploadMs }),
    wire: (axonFields) =>
      gate({
        schemes: ["btauth", "epistula", "axon"],
        axonFields,
        maxBodyBytes: maxWireBytes,
        finishWithinMs: WIRE_MS,
      }),
  };
}
