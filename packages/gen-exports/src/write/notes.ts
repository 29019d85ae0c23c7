import { UsageCounter } from "../truth/usage.ts";
import type { World } from "../world/world.ts";
import { type Finding, finding } from "./findings.ts";
import { Ledger } from "./ledger.ts";
import type { SyntheticRecord } from "./synthetics.ts";

/** What is written down while the hours go by. */
export interface Notes {
  readonly usage: UsageCounter;
  readonly ledger: Ledger;
  readonly synthetics: SyntheticRecord[];
  readonly findings: Finding[];
  /** Calls that each miner claims over all its reports. */
  readonly claimed: Map<string, number>;
}

/** Nothing yet. */
export function newNotes({ options }: World): Notes {
  const [usage, ledger] = [new UsageCounter(options.end), new Ledger()];
  return { usage, ledger, synthetics: [], findings: [], claimed: new Map() };
}

/** Notes the faults that are of no single hour. */
export function noteLasting({ plan, options: { end }, cast }: World, { findings }: Notes): void {
  const [first] = cast.miners;
  if (plan.has("blacklisted-miner"))
    findings.push(finding("blacklisted-miner", "BLACKLISTED", end, first.hotkey));
  if (plan.has("empty-reconciliation"))
    findings.push(finding("empty-reconciliation", "RECONCILIATION_REFUSED", end, ""));
  if (plan.has("wrong-hour-order"))
    findings.push(finding("wrong-hour-order", "OUT_OF_ORDER", end, ""));
}
