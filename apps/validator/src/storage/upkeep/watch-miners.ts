import type { Chain } from "@neurond/chain";
import type { BlockNumber, Hotkey } from "@neurond/primitives";
import type { MinerPresence } from "../../ports/miner-presence.ts";
import { timesAt, timesOf } from "../../run-plan.ts";
import { observationsOf } from "../../run-record.ts";
import type { Rules } from "../../settings.ts";
import type { Identity, Stores } from "../../validator.ts";
import { lostIn } from "../single/lost-shards.ts";

/** What watching miners needs. */
export interface WatchDeps {
  readonly chain: Pick<Chain, "metagraph">;
  readonly identity: Identity;
  readonly rules: Pick<Rules, "plan">;
  readonly stores: Pick<Stores, "bodies" | "journal" | "log"> & {
    readonly presence: MinerPresence;
  };
  /** Name of the workload in which miners prove what they hold. */
  readonly workload: string;
}

/** Reads the whole subnet: whose hotkey is not there any more has departed. Returns how many. */
export async function lookAtSubnet(
  { chain, identity: { netuid }, stores }: WatchDeps,
  signal: AbortSignal,
): Promise<number> {
  const { neurons, block } = await chain.metagraph({ netuid }, { signal });
  return stores.presence.look(neurons, block);
}

/** A validator that was away goes so far back: older runs say little of how miners are now. */
const RUNS_BACK = 8;

/**
 * Notes of each frozen run after `after`, one by one, which miners passed nothing, and which shards
 * their own answers show to be lost. Returns the last run it came to; what is not frozen yet is the next
 * call's.
 */
export async function judgeRuns(
  deps: WatchDeps,
  head: BlockNumber,
  after: number,
): Promise<number> {
  const last = timesAt(head, deps.rules.plan).index - 1;
  let judged = Math.max(after, last - RUNS_BACK);
  while (judged < last && (await judgeRun(deps, judged + 1, last))) judged += 1;
  return judged;
}

/**
 * Outcomes that are our own fault do not count, nor does silence where nobody passed: it may be we who
 * heard nobody, and repairs need somebody who passes. Wrong answers always count. False for a run that
 * may be frozen yet.
 */
async function judgeRun(
  { stores, rules, workload }: WatchDeps,
  index: number,
  last: number,
): Promise<boolean> {
  const { frozen, opened } = await stores.journal.read(index, ["frozen", "opened"]);
  // Only the last that is over can still be frozen: older ones were skipped.
  if (frozen === undefined || opened === undefined) return index < last;
  const seen = await observationsOf(stores.log, timesOf(index, rules.plan).id, opened.size);
  const [passing, wrong, silent] = [new Set<Hotkey>(), new Set<Hotkey>(), new Set<Hotkey>()];
  for (const observation of seen) {
    const { miner, outcome, workload: name } = observation;
    if (name !== workload) continue;
    if (outcome.kind === "passed") passing.add(miner);
    if (outcome.kind === "failed") wrong.add(miner);
    if (outcome.kind === "offline") silent.add(miner);
    for (const { shardId, atMs, how } of await lostIn(stores, observation)) {
      await stores.presence.damaged(shardId, `${how} in run ${index}`, atMs);
    }
  }
  const bad = passing.size === 0 ? wrong : wrong.union(silent);
  const verdicts = [...bad.union(passing)].map((miner) => [miner, passing.has(miner)] as const);
  await stores.presence.judge(index, new Map(verdicts));
  return true;
}
