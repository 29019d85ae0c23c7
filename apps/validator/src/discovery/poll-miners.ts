import { minersOf } from "@neurond/consensus";
import { pollCapacity } from "@neurond/registry/io";
import { forEachLimited } from "../for-each-limited.ts";
import { repeat } from "../repeat.ts";
import type { Validator } from "../validator.ts";
import { servingNeurons } from "./serving-neurons.ts";

/** About a block: a miner that registers is asked soon after. */
const PASS_MS = 12_000;

/** Asks miners for their capacity until the signal fires, if any workload wants to know. */
export async function keepPolling(validator: Validator, signal: AbortSignal): Promise<void> {
  if (validator.workloads.every(({ capability }) => capability === undefined)) return;
  const polling = { step: "capacity", everyMs: PASS_MS, signal };
  await repeat(validator, polling, () => pollMiners(validator, signal));
}

/** Asks every miner that is due, once. */
export async function pollMiners(validator: Validator, signal: AbortSignal): Promise<void> {
  const { discovery, manners, metrics, now, rules, send } = validator;
  const { book } = discovery;
  const neurons = await servingNeurons(validator, signal);
  const electors = neurons.map((neuron) => ({ ...neuron, stakeRao: neuron.totalStake }));
  const miners = new Set(minersOf(electors, rules.minStakeRao));
  book.keepOnly(miners);
  const due = neurons.flatMap(({ hotkey, url }) =>
    miners.has(hotkey) && url !== null && book.isDue(hotkey, url) ? [{ hotkey, url }] : [],
  );
  await forEachLimited(due, manners.probesAtOnce, signal, async ({ hotkey, url }) => {
    const poll = await pollCapacity({ url, hotkey }, { send, signal, now });
    book.note(hotkey, url, poll);
    metrics.capacityPolls.inc({ result: poll.kind });
  });
  for (const [validity, count] of Object.entries(book.counts())) {
    metrics.miners.set({ standing: validity }, count);
  }
}
