import type { Chain } from "@neurond/chain";
import type { BlockNumber, Hotkey } from "@neurond/primitives";
import type { MinerPresence } from "../ports/miner-presence.ts";
import { timesAt, timesOf } from "../run-plan.ts";
import { observationsOf } from "../run-record.ts";
import type { Rules } from "../settings.ts";
import type { Identity, Stores } from "../validator.ts";

/** What watching miners needs. */
export interface WatchDeps {
  readonly chain: Pick<Chain, "metagraph">;
  readonly identity: Identity;
  readonly rules: Pick<Rules, "plan">;
  readonly stores: Pick<Stores, "journal" | "log"> & { readonly presence: MinerPresence };
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

/**
 * Notes which miners passed nothing in the latest frozen run. Outcomes that are asserted for want of
 * an answer count, those that are our own fault do not. Returns the run; null when none is frozen.
 */
export async function judgeLatestRun(
  { stores, rules, workload }: WatchDeps,
  head: BlockNumber,
  after: number,
): Promise<number | null> {
  const index = timesAt(head, rules.plan).index - 1;
  if (index <= after) return null;
  const { frozen, opened } = await stores.journal.read(index, ["frozen", "opened"]);
  if (frozen === undefined || opened === undefined) return null;
  const seen = await observationsOf(stores.log, timesOf(index, rules.plan).id, opened.size);
  const verdicts = new Map<Hotkey, boolean>();
  for (const { miner, outcome, workload: name } of seen) {
    if (name !== workload) continue;
    const isPassed = outcome.kind === "passed";
    if (!isPassed && outcome.kind !== "failed" && outcome.kind !== "offline") continue;
    verdicts.set(miner, isPassed || verdicts.get(miner) === true);
  }
  await stores.presence.judge(index, verdicts);
  return index;
}
