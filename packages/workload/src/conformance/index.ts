import type { AnyWorkload } from "../workload.ts";
import type { Check, Samples } from "./check.ts";
import { sampleChecks } from "./sample-checks.ts";
import { scoreChecks } from "./score-checks.ts";
import { verifyChecks } from "./verify-checks.ts";

export type { Check, Exchange, Samples } from "./check.ts";

/** What every workload must keep, as checks a test file loops over; no test framework is needed. */
export function conformance(workload: AnyWorkload, samples: Samples): readonly Check[] {
  return [
    ...sampleChecks(workload, samples),
    ...verifyChecks(workload, samples),
    ...scoreChecks(workload),
  ];
}
