import type { BlockNumber } from "@neurond/primitives";
import { type KeeperEvents, keepWeights, steadily } from "@neurond/weight-keeper";
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
  return {
    tooSoon(runId, blocks) {
      metrics.submissions.inc({ result: "tooSoon" });
      log.info({ runId, blocks }, "too soon to set weights");
    },
    submitted(runId, { submission, path }) {
      metrics.submissions.inc({ result: submission.kind });
      const level = submission.kind === "rejected" ? "error" : "info";
      log[level]({ runId, submission, path }, "weights submitted");
    },
    revealed(runId, result) {
      metrics.submissions.inc({ result: `reveal_${result.kind}` });
      log.info({ runId, result }, "weights revealed");
    },
    confirmed(runId, block, fromState) {
      weightsWatch.confirmed(block);
      if (fromState) log.info({ runId, block }, "weights confirmed from state");
    },
  };
}
