import type { Hyperparameters, Metagraph } from "@neurond/chain";
import {
  type Hindrance,
  hindrances,
  PRECONDITION_RULES,
  type PreconditionRules,
  vectorOf,
} from "@neurond/incentive";
import { type ScoreRun, type TrackedEntry, verifiedSlices } from "@neurond/ingest";
import type { BlockNumber, Hotkey, U16Weight } from "@neurond/primitives";
import { toBlockNumber } from "@neurond/primitives";

/** Why weights are not set: what the audit itself says, and what the chain would refuse. */
export type WeightsHindrance =
  | Hindrance
  /** A feed that the rules need was not to be had, or hours of the week were left out. */
  | { readonly code: "SCORES_INCOMPLETE" }
  | { readonly code: "NO_PERMIT" }
  | { readonly code: "VERSION_OUTDATED"; readonly ours: number; readonly chains: bigint }
  | { readonly code: "TOO_FEW_WEIGHTS"; readonly weights: number; readonly needed: number }
  | { readonly code: "WEIGHT_TOO_LARGE"; readonly limit: number };

/** What was audited, and what the subnet is like now. */
export interface PlanInputs {
  readonly run: ScoreRun;
  readonly entries: readonly TrackedEntry[];
  readonly own: Hotkey;
  readonly metagraph: Pick<Metagraph, "neurons" | "byHotkey">;
  readonly limits: Pick<
    Hyperparameters,
    "minAllowedWeights" | "maxWeightsLimit" | "weightsVersion"
  >;
  /** The last own vector; null when none was ever set. */
  readonly last: readonly U16Weight[] | null;
  readonly versionKey: number;
  readonly allowsChange: boolean;
  readonly nowMs: number;
  readonly rules?: PreconditionRules;
}

/** A vector that follows from audited hours, and everything that speaks against setting it. */
export interface WeightsPlan {
  readonly vector: readonly U16Weight[];
  readonly scores: ReadonlyMap<Hotkey, bigint>;
  /** Block of the metagraph that was scored. */
  readonly scoredAt: BlockNumber;
  readonly hindrances: readonly WeightsHindrance[];
}

const MAX_U16 = 65_535;

/** Works out a vector and judges whether it may be set. Pure. */
export function planWeights(inputs: PlanInputs): WeightsPlan {
  const { run, entries, own, metagraph, last, allowsChange, nowMs } = inputs;
  const uids = new Map([...metagraph.byHotkey].map(([hotkey, { uid }]) => [hotkey, uid]));
  const vector = vectorOf(new Map(run.rows.map(({ hotkey, score }) => [hotkey, score])), uids);
  const byUid = new Map(metagraph.neurons.map(({ uid, hotkey }) => [uid, hotkey]));
  // A row of the chain may still name a uid that nobody holds now; it counts as one of its own.
  const named = (weights: readonly U16Weight[]) =>
    new Map(weights.map(({ uid, value }) => [byUid.get(uid) ?? `uid ${uid}`, BigInt(value)]));
  const next = named(vector);
  const audited = hindrances(
    {
      verified: verifiedSlices(entries, run.source),
      now: nowMs * 1_000,
      next,
      last: last === null || last.length === 0 ? null : named(last),
      isRegistered: metagraph.byHotkey.has(own),
      allowsChange,
    },
    inputs.rules ?? PRECONDITION_RULES,
  );
  return {
    vector,
    scores: new Map(
      run.rows.flatMap(({ hotkey }) => {
        const value = next.get(hotkey);
        return value === undefined ? [] : [[hotkey, value] as const];
      }),
    ),
    scoredAt: toBlockNumber(run.block),
    hindrances: [...audited, ...refusals(inputs, vector)],
  };
}

/** What the chain itself would refuse, found before anything is signed. */
function refusals(
  { run, own, metagraph, limits, versionKey }: PlanInputs,
  vector: readonly U16Weight[],
): readonly WeightsHindrance[] {
  const found: WeightsHindrance[] = [];
  if (!run.isComplete) found.push({ code: "SCORES_INCOMPLETE" });
  const neuron = metagraph.byHotkey.get(own);
  if (neuron !== undefined && !neuron.validatorPermit) found.push({ code: "NO_PERMIT" });
  if (limits.weightsVersion > BigInt(versionKey)) {
    found.push({ code: "VERSION_OUTDATED", ours: versionKey, chains: limits.weightsVersion });
  }
  const needed = Math.min(limits.minAllowedWeights, metagraph.neurons.length);
  if (vector.length > 0 && vector.length < needed) {
    found.push({ code: "TOO_FEW_WEIGHTS", weights: vector.length, needed });
  }
  const sum = vector.reduce((total, { value }) => total + value, 0);
  const isBounded = limits.maxWeightsLimit < MAX_U16;
  if (isBounded && vector.some(({ value }) => value * MAX_U16 > limits.maxWeightsLimit * sum)) {
    found.push({ code: "WEIGHT_TOO_LARGE", limit: limits.maxWeightsLimit });
  }
  return found;
}
