import type { Attempt, Micros, Synthetic } from "@neurond/incentive";
import type { SyntheticType } from "./tasks/task.ts";

/** One target of a request of ours, as its trace told it: one row of the export. */
export interface TracedProbe extends Synthetic {
  readonly kind: "traced";
  readonly type: SyntheticType;
}

/**
 * A request that asked for no trace, which looks like anybody's: of its targets we know nothing but that
 * there must be one under the id in the answer's header.
 */
export interface BlindProbe {
  readonly kind: "blind";
  readonly type: SyntheticType;
  readonly parentInvocationId: string;
  readonly chuteId: string;
  /** By our clock. */
  readonly attemptedAt: Micros;
  /** When the answer was complete; null when it broke off. */
  readonly settledAt: Micros | null;
  readonly hasError: boolean;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

/** What is recorded of a request, and later judged. */
export type Probe = TracedProbe | BlindProbe;

/** Under which id a probe is kept: that of the attempt, or of the request where no attempt is known. */
export function probeKey(probe: Probe): string {
  return probe.kind === "traced" ? probe.invocationId : probe.parentInvocationId;
}

/** An attempt as it is recorded before anything is known of its answer. */
export function tracedProbe(type: SyntheticType, attempt: Attempt): TracedProbe {
  return { ...attempt, kind: "traced", type, tokensIn: null, tokensOut: null };
}
