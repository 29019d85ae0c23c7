import type { GenesisNeuron } from "@neurond/devnet";
import type { Row } from "../../bench.ts";
import { milliseconds } from "../../measure.ts";
import { crowdedDevnet } from "./crowd.ts";

const COMPILED_AFTER = 30;

/** A block in which a subnet's epoch runs: state, emission, Yuma in the runtime's own arithmetic. */
export async function epochRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  return [await epochRow(resources, 256, 15, 15), await epochRow(resources, 4_096, 400, 5)];
}

async function epochRow(
  resources: AsyncDisposableStack,
  count: number,
  target: number,
  runs: number,
): Promise<Row> {
  // With tempo 1 every block runs the epoch; block 1 begins the schedule.
  const { devnet, neurons } = await crowdedDevnet(resources, count, { tempo: 1 });
  // A chain runs for days: the first blocks, in which the engine still compiles, say nothing of it.
  await devnet.newBlocks(COMPILED_AFTER);
  return {
    metric: `chain.block.epoch${count}`,
    unit: "ms",
    better: "lower",
    target,
    runs,
    measure: milliseconds(() => devnet.newBlocks(1)),
    reference: {
      name: "clipping and sums alone, in float64",
      measure: milliseconds(() => floatConsensus(neurons)),
    },
  };
}

/** The least any implementation does: the stake-weighted median of every column, clipped sums. */
function floatConsensus(neurons: readonly GenesisNeuron[]): number {
  const columns = neurons.map((): [weight: number, stake: number][] => []);
  let total = 0;
  for (const { weights = [], stakeRao = 0n } of neurons) {
    const stake = Number(stakeRao);
    const sum = weights.reduce((all, [, value]) => all + value, 0);
    total += stake;
    for (const [uid, value] of weights) columns[uid]?.push([value / sum, stake]);
  }
  let ranks = 0;
  for (const column of columns) {
    column.sort(([a], [b]) => b - a);
    let heard = 0;
    const median = column.find(([, stake]) => {
      heard += stake;
      return heard > total / 2;
    });
    const consensus = median?.[0] ?? 0;
    for (const [weight, stake] of column) ranks += Math.min(weight, consensus) * stake;
  }
  return ranks;
}
