import { parseFraction } from "@neurond/consensus";
import type { FamilyId } from "@neurond/ledger";
import { isCoded, parseTao, toMecid, toMicro } from "@neurond/primitives";
import { z } from "zod";
import { type Rules, readRules } from "./rules.ts";

const blocks = (fallback: number, text: string) =>
  z.int().min(1).max(1_000_000).default(fallback).describe(text);
const share = (fallback: string, text: string) =>
  z
    .string()
    .refine(isShare, "write a share like 2/3 or 0.05, below 1")
    .default(fallback)
    .describe(text);

/** The `run` section of a subnet's daemons: what validators have in common and auditors recompute with. */
export const RunConfig = z.strictObject({
  blocks: blocks(360, "Length of a run in blocks; run N is blocks N*blocks and following"),
  beaconLag: blocks(50, "From a run's first block to the block that seeds its tasks"),
  commitWindow: blocks(100, "From a run's close: so long its scores may be committed to"),
  revealWindow: blocks(200, "From a run's close: then weights follow from what was revealed"),
  beaconKind: z
    .enum(["chain", "drand"])
    .default("drand")
    .describe("Where randomness comes from; chain alone is for test networks"),
  quorum: z
    .strictObject({
      fraction: share("1/2", "More than this part of all eligible stake must have reported"),
      minReporters: blocks(2, "Least number of reports; 1 where there is one validator"),
      requireSelf: z
        .boolean()
        .default(true)
        .describe("Whether a validator sets weights only for runs in which it reported itself"),
    })
    .prefault({}),
  minStakeTao: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .default("5000")
    .describe("Least stake of a validator that is heard"),
  minTasks: blocks(1, "Settled tasks below which a miner is left out of a report"),
  requireCommitment: z
    .boolean()
    .default(true)
    .describe("Whether a report counts only with a commitment on chain made in time"),
  burn: share("0", "Part of the weights that goes to uid 0 whatever is reported"),
  mecid: z
    .int()
    .min(0)
    .max(15)
    .transform((value) => toMecid(value))
    .default(toMecid(0))
    .describe("Mechanism of the subnet whose weights are set"),
});
export type RunConfig = z.output<typeof RunConfig>;

const WHOLE = 1_000_000n;

/** The rules that a section states for the families that are scored; equal parts for each. */
export function rulesFrom(run: RunConfig, families: readonly FamilyId[]): Rules {
  const burn = parseFraction(run.burn);
  const paid = WHOLE - (WHOLE * burn.numerator) / burn.denominator;
  const each = toMicro(Number(paid / BigInt(Math.max(1, families.length))));
  return readRules({
    blocks: run.blocks,
    beacon_lag: run.beaconLag,
    beacon_kind: run.beaconKind === "drand" ? 1 : 0,
    commit_window: run.commitWindow,
    reveal_window: run.revealWindow,
    quorum_fraction: run.quorum.fraction,
    min_reporters: run.quorum.minReporters,
    require_self: run.quorum.requireSelf,
    require_commitment: run.requireCommitment,
    min_stake_rao: parseTao(run.minStakeTao).toString(),
    min_tasks: run.minTasks,
    mecid: run.mecid,
    families: families.map((family) => [family, each]),
  });
}

function isShare(text: string): boolean {
  try {
    parseFraction(text);
    return true;
  } catch (error) {
    if (isCoded(error)) return false;
    throw error;
  }
}
