import type { BlockNumber } from "@neurond/primitives";
import { type KeeperEvents, keepWeights, logEvents, steadily } from "@neurond/weight-keeper";
import { timesOf } from "./run-plan.ts";
import type { Validator } from "./validator.ts";

/** Brings the weights of the latest run that was agreed on to the chain, and keeps them there. */
export async function setWeights(
  validator: Validator,
  head: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { chain, identity, stores, rules, manners } = validator;
  const latest = await stores.journal.latest("agreed");
  if (latest === undefined) return;
  if (!manners.sendsWeights) {
    const { weights } = latest.fact;
    validator.log.debug({ run: latest.index, weights }, "weights decided and not sent");
    return;
  }
  const run = timesOf(latest.index, rules.plan);
  const scores = new Map(latest.fact.weights.map(([miner, value]) => [miner, BigInt(value)]));
  const pace = { everyBlocks: manners.weightsEveryBlocks, retryBlocks: steadily() };
  const { mecid } = rules;
  const events = eventsOf(validator);
  const deps = { chain, identity, mecid, history: stores.weights, pace, events };
  const decide = async () => ({ scores, scoredAt: run.close });
  await keepWeights(deps, { runId: run.id, decide }, head, signal);
}

/** What is counted, logged and watched. */
function eventsOf({ metrics, log, weightsWatch }: Validator): KeeperEvents {
  const count = (result: string) => metrics.submissions.inc({ result });
  return {
    ...logEvents(count, log),
    tooSoon(runId, blocks) {
      count("tooSoon");
      log.debug({ runId, blocks }, "too soon to set weights");
    },
    confirmed(runId, block, fromState) {
      weightsWatch.confirmed(block);
      if (fromState) log.info({ runId, block }, "weights confirmed from state");
    },
  };
}
