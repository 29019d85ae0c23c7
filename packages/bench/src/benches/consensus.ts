import { weightedMedians } from "@neurond/consensus";
import { defineBench, type Row } from "../bench.ts";
import { milliseconds } from "../measure.ts";

/** The stake-weighted median of every miner, at the sizes of today, tomorrow and the limit. */
export const consensus = defineBench({
  name: "consensus",
  rows: () => [row(64, 256, 1, 15), row(1_024, 4_096, 60, 7), row(4_096, 65_536, 3_000, 3)],
});

function row(validators: number, miners: number, target: number, runs: number): Row {
  const { votes, stakes } = dense(validators, miners);
  return {
    metric: `consensus.medians.${validators}x${miners}`,
    unit: "ms",
    better: "lower",
    target,
    runs,
    measure: milliseconds(() => weightedMedians(votes, stakes)),
    // Sorting grows faster than selection: on the largest size a plain loop takes minutes.
    ...(miners <= 4_096 && {
      reference: {
        name: "sort each miner's votes, add stakes in float64",
        measure: milliseconds(() => sortedMedians(votes, stakes)),
      },
    }),
  };
}

/** Everybody votes on everybody; stakes so large that their sum needs exact integers. */
function dense(validators: number, miners: number) {
  const votes = new Int32Array(validators * miners);
  let state = 1;
  for (let i = 0; i < votes.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    votes[i] = state % 1_000_001;
  }
  const stakes = Array.from(
    { length: validators },
    (_, i) => 10n ** 15n + ((BigInt(i) * 7_919n ** 3n) % 10n ** 14n),
  );
  return { votes, stakes };
}

function sortedMedians(votes: Int32Array, stakes: readonly bigint[]): Int32Array {
  const weights = stakes.map(Number);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const medians = new Int32Array(votes.length / stakes.length);
  for (let miner = 0; miner < medians.length; miner += 1) {
    const pairs = weights.map((weight, v) => [votes[miner * stakes.length + v] ?? 0, weight]);
    pairs.sort(([a = 0], [b = 0]) => a - b);
    let heard = 0;
    for (const [vote = 0, weight = 0] of pairs) {
      heard += weight;
      if (2 * heard >= total) {
        medians[miner] = vote;
        break;
      }
    }
  }
  return medians;
}
