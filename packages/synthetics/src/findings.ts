import type { Micros, SyntheticField } from "@neurond/incentive";
import { type Probe, probeKey } from "./probe.ts";
import type { BadResult } from "./store.ts";

/** What is held against a validator because of one probe. */
export interface SyntheticFinding {
  readonly kind: "SYNTHETIC_MISSING" | "SYNTHETIC_MISMATCH";
  readonly severity: "warning" | "critical";
  /** Id of the attempt, or of the request when it was blind. */
  readonly subject: string;
  /** When the request was made. */
  readonly at: Micros;
  readonly detail: string;
}

/** Fields that decide who is paid; a difference there is no matter of clocks. */
const PAID: readonly SyntheticField[] = [
  "minerUid",
  "minerHotkey",
  "instanceId",
  "chuteId",
  "error",
];

/** The finding of a probe that is missing or stands there otherwise. */
export function syntheticFinding({ probe, verdict, fields }: BadResult): SyntheticFinding {
  const about = { subject: probeKey(probe), at: probe.attemptedAt };
  const what = `${probe.kind} ${probe.type} request${targetOf(probe)}`;
  if (verdict === "MISSING") {
    const detail = `${what} was answered and is in no export`;
    return { kind: "SYNTHETIC_MISSING", severity: "critical", ...about, detail };
  }
  const severity = fields.some((field) => PAID.includes(field)) ? "critical" : "warning";
  const detail = `${what} is exported with other values of ${fields.join(", ")}`;
  return { kind: "SYNTHETIC_MISMATCH", severity, ...about, detail };
}

function targetOf(probe: Probe): string {
  return probe.kind === "traced"
    ? ` to instance ${probe.instanceId} of ${probe.minerHotkey}`
    : ` to chute ${probe.chuteId}`;
}
