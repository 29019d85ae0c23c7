import type { Generation, Micros } from "@neurond/exports";
import {
  BASE_BONUS_RULES,
  COMPUTE_UNIT_RULES,
  FEATURE_RULES,
  type HistoryRow,
  type InputDigests,
  type InstanceRow,
  inputDigests,
  type Member,
  paramsAt,
  type ScoreTable,
  scoreBaseBonus,
  scoreComputeUnits,
  scoreFeatures,
  type Usage,
} from "@neurond/incentive";
import type { Profile } from "./score-run.ts";

/** Everything any profile is computed from, as of one moment. */
export interface ScoreInputs {
  readonly members: readonly Member[];
  readonly usage: ReadonlyMap<string, Usage>;
  /** Instances merged over all reports, for generation one. */
  readonly merged: readonly InstanceRow[];
  /** Instances as the newest report states them. */
  readonly latest: readonly InstanceRow[];
  readonly history: readonly HistoryRow[];
  readonly gpuCounts: ReadonlyMap<string, number>;
  readonly blacklist: ReadonlySet<string>;
}

/** Scores, and digests of what they follow from. */
export interface Scored {
  readonly table: ScoreTable<object, object>;
  readonly inputs: InputDigests;
}

/** The profile that a validator of this generation follows. */
export function profileOf(generation: Generation): Profile {
  const profiles = { g1: "features", g2: "base_bonus", g3: "compute_units" } as const;
  return profiles[generation];
}

/** Scores by the rules of a profile that were in force at `asOf`. */
export function scoreProfile(profile: Profile, all: ScoreInputs, asOf: Micros): Scored {
  const { members, usage, gpuCounts, blacklist } = all;
  const none = { instances: [], history: [], usage: new Map(), gpuCounts: new Map() };
  const common = { profile: `${profile}/1`, asOf, members, ...none, blacklist: new Set<string>() };
  switch (profile) {
    case "features": {
      const rules = paramsAt(FEATURE_RULES, asOf);
      const read = { usage, instances: all.merged, gpuCounts };
      const table = scoreFeatures({ members, ...read }, asOf, rules);
      return { table, inputs: inputDigests({ ...common, ...read, rules }) };
    }
    case "base_bonus": {
      const rules = paramsAt(BASE_BONUS_RULES, asOf);
      const read = { usage, instances: all.latest, gpuCounts };
      const table = scoreBaseBonus({ members, ...read }, asOf, rules);
      return { table, inputs: inputDigests({ ...common, ...read, rules }) };
    }
    case "compute_units": {
      const rules = paramsAt(COMPUTE_UNIT_RULES, asOf);
      const read = { instances: all.latest, history: all.history, blacklist };
      const table = scoreComputeUnits({ members, ...read }, asOf, rules);
      return { table, inputs: inputDigests({ ...common, ...read, rules }) };
    }
  }
}

/** Features of a row as text, whatever the profile calls them. */
export function rawTexts(raw: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]));
}
