import type { Hotkey } from "@neurond/primitives";
import type { MinerEndpoint } from "@neurond/registry";
import { type ProbeOptions, type ProbeResult, probeEndpoint } from "./probe-endpoint.ts";

/** A hotkey and where it says it serves. */
export interface ProbeTarget {
  readonly hotkey: Hotkey;
  readonly endpoint: MinerEndpoint;
}

/** How to probe many. */
export interface ProbeAllOptions extends ProbeOptions {
  /** Probes under way at the same time; 32 unless given. */
  readonly atOnce?: number;
  /** For all probes together; 60000 unless given. */
  readonly deadlineMs?: number;
}

/** Probes many endpoints, and answers in their order; whoever is not reached in time is invalid. */
export async function probeAll(
  targets: readonly ProbeTarget[],
  { atOnce = 32, deadlineMs = 60_000, signal, ...options }: ProbeAllOptions,
): Promise<readonly ProbeResult[]> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const bounded = AbortSignal.any([signal, deadline]);
  const detail = `all probes together had ${deadlineMs} ms`;
  const results: ProbeResult[] = targets.map(() => {
    return { valid: false, reason: "not-asked", detail };
  });
  let next = 0;
  const work = async () => {
    for (let at = next++; at < targets.length && !deadline.aborted; at = next++) {
      const target = targets[at];
      if (target === undefined) return;
      try {
        results[at] = await probeEndpoint(target, { ...options, signal: bounded });
      } catch {
        signal.throwIfAborted();
        results[at] = { valid: false, reason: "timeout", detail };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, work));
  return results;
}
