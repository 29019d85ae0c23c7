import { distance, picoOf } from "../fixed.ts";
import type { Micros } from "../time.ts";

/** A multiplier an instance had, and the one it should have had; null where its parts are not known. */
export interface StatedMultiplier {
  readonly instanceId: string;
  readonly chuteId: string;
  readonly hotkey: string;
  readonly at: Micros;
  readonly stated: number;
  readonly expected: number | null;
}

/** A multiplier that differs from what it is measured by. */
export interface MultiplierAnomaly extends StatedMultiplier {
  /** The expected one, or the median of the chute's other instances. */
  readonly reference: number;
  readonly measuredBy: "rules" | "peers";
  /** Stated by reference. */
  readonly ratio: number;
}

/** When a multiplier is an anomaly. */
export interface MultiplierTolerances {
  /** Absolute, against the rules. */
  readonly rules: number;
  /** As a ratio either way, against peers: boosts make honest ones differ. */
  readonly peers: number;
  /** Fewer peers say nothing. */
  readonly minPeers: number;
}

export const MULTIPLIER_TOLERANCES: MultiplierTolerances = { rules: 0.01, peers: 4, minPeers: 3 };

/** Lists anomalies, ascending by instance and time. */
export function multiplierAnomalies(
  multipliers: readonly StatedMultiplier[],
  tolerances: MultiplierTolerances = MULTIPLIER_TOLERANCES,
): readonly MultiplierAnomaly[] {
  const byChute = Map.groupBy(multipliers, ({ chuteId }) => chuteId);
  return multipliers
    .flatMap((each) => {
      const anomaly =
        each.expected === null
          ? againstPeers(each, byChute.get(each.chuteId) ?? [], tolerances)
          : againstRules(each, each.expected, tolerances);
      return anomaly === null ? [] : [anomaly];
    })
    .sort((a, b) =>
      a.instanceId === b.instanceId ? a.at - b.at : a.instanceId < b.instanceId ? -1 : 1,
    );
}

function againstRules(
  each: StatedMultiplier,
  expected: number,
  tolerances: MultiplierTolerances,
): MultiplierAnomaly | null {
  if (distance(picoOf(each.stated), picoOf(expected)) <= picoOf(tolerances.rules)) return null;
  return { ...each, reference: expected, measuredBy: "rules", ratio: each.stated / expected };
}

function againstPeers(
  each: StatedMultiplier,
  chute: readonly StatedMultiplier[],
  { peers, minPeers }: MultiplierTolerances,
): MultiplierAnomaly | null {
  const others = chute
    .filter(({ instanceId }) => instanceId !== each.instanceId)
    .map(({ stated }) => stated)
    .sort((a, b) => a - b);
  const median = others[Math.floor(others.length / 2)];
  if (median === undefined || others.length < minPeers) return null;
  const ratio = each.stated / median;
  if (ratio <= peers && ratio >= 1 / peers) return null;
  return { ...each, reference: median, measuredBy: "peers", ratio };
}
