import type { Chain } from "@neurond/chain";
import type { ScoreRun, TrackedEntry } from "@neurond/ingest";
import type { Hotkey, Mecid, Netuid, U16Weight } from "@neurond/primitives";
import type { WeightsLog } from "@neurond/weight-keeper";
import { planWeights, type WeightsPlan } from "./plan.ts";

/** Where a plan is read from. */
export interface ReadPlanDeps {
  readonly chain: Pick<Chain, "metagraph" | "hyperparameters" | "weights">;
  readonly netuid: Netuid;
  readonly mecid: Mecid;
  readonly own: Hotkey;
  readonly history: Pick<WeightsLog, "latest">;
  readonly versionKey: number;
  readonly allowsChange: boolean;
  readonly now: () => number;
}

/** Reads the subnet as it is now, and judges the vector that follows from a run. */
export async function readPlan(
  deps: ReadPlanDeps,
  audited: { readonly run: ScoreRun; readonly entries: readonly TrackedEntry[] },
  signal: AbortSignal,
): Promise<WeightsPlan> {
  const { chain, netuid, mecid, now, own } = deps;
  const metagraph = await chain.metagraph({ netuid, mecid }, { signal });
  const limits = await chain.hyperparameters(netuid, { signal });
  const last = await lastVector(deps, metagraph.byHotkey.get(own)?.uid, signal);
  return planWeights({ ...deps, ...audited, metagraph, limits, last, nowMs: now() });
}

/**
 * The last own vector: the one that was confirmed, which may still be hidden on chain, else the row on
 * chain, which outlives our history.
 */
async function lastVector(
  { chain, netuid, mecid, history }: ReadPlanDeps,
  uid: number | undefined,
  signal: AbortSignal,
): Promise<readonly U16Weight[] | null> {
  const latest = await history.latest(mecid);
  if (latest?.state === "confirmed") return latest.vector;
  if (uid === undefined) return null;
  const rows = await chain.weights({ netuid, mecid }, { signal });
  return rows.find((row) => row.uid === uid)?.weights ?? null;
}
