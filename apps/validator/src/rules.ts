import { parseFraction } from "@neurond/consensus";
import type { FamilyId } from "@neurond/ledger";
import {
  CodedError,
  canonicalJson,
  domainHash,
  parseTao,
  toHex,
  toMicro,
} from "@neurond/primitives";
import type { RuntimeCode } from "@neurond/runtime";
import type { StandingRules } from "@neurond/storage-rules";
import type { Config } from "./config.ts";
import type { RunPlan } from "./run-plan.ts";
import type { Rules } from "./settings.ts";

const WHOLE = 1_000_000n;

/** The rules a configuration states for the families that are scored; equal parts for each. */
export function rulesOf(run: Config["run"], families: readonly FamilyId[]): Rules {
  const { blocks, beaconLag, commitWindow, revealWindow, quorum } = run;
  const plan = { blocks, beaconLag, commitWindow, revealWindow };
  requireSense(plan);
  const burn = parseFraction(run.burn);
  const paid = WHOLE - (WHOLE * burn.numerator) / burn.denominator;
  const each = toMicro(Number(paid / BigInt(Math.max(1, families.length))));
  return {
    plan,
    quorum: { ...quorum, fraction: parseFraction(quorum.fraction) },
    minStakeRao: parseTao(run.minStakeTao),
    families: new Map(families.map((family) => [family, each])),
    mecid: run.mecid,
    minTasks: run.minTasks,
    requireCommitment: run.requireCommitment,
  };
}

/** SHA-256 of everything validators must have in common; a difference explains different weights. */
export function configHashOf(
  run: Config["run"],
  families: readonly FamilyId[],
  standing?: StandingRules,
): string {
  // Who scores by share need not have the same rules for a book that decides nothing.
  const rewards = standing === undefined || standing.mode === "share" ? {} : { standing };
  const common = canonicalJson({ run, families, ...rewards });
  return toHex(domainHash("neurond/config/v1", common)).slice(2);
}

/** One commitment holds the scores of the run before and the log of this one: both must be in time. */
function requireSense(plan: RunPlan): void {
  const { blocks, beaconLag, commitWindow, revealWindow } = plan;
  const makesSense =
    beaconLag < blocks &&
    beaconLag <= commitWindow &&
    commitWindow < revealWindow &&
    commitWindow <= blocks;
  if (makesSense) return;
  throw new CodedError<RuntimeCode>(
    "CONFIG_INVALID",
    "run: give beaconLag < blocks, beaconLag <= commitWindow < revealWindow, commitWindow <= blocks",
    { ...plan },
  );
}
