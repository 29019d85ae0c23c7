import type { Hotkey } from "@neurond/primitives";
import type { AnswerCount } from "./facts.ts";

/** A validator whose word about who is offline differs from that of the others. */
export interface RateDifference {
  readonly validator: Hotkey;
  readonly miner: Hotkey;
  readonly offline: number;
  readonly asked: number;
  readonly othersOffline: number;
  readonly othersAsked: number;
}

/** Chance of honest validators looking this different; one in a hundred thousand. */
const RARE = 100_000n;
/** Fewer than this may be a bad line. */
const LEAST_OFFLINE = 3;

/**
 * Validators that call a miner offline far more often than all others together do. Nobody can prove
 * that no answer came; but if answers came and went alike, so lopsided a split would be rare (the
 * exact test of Fisher, in integers).
 */
export function rateDifferences(counts: readonly AnswerCount[]): readonly RateDifference[] {
  const differences: RateDifference[] = [];
  for (const [miner, rows] of byMiner(counts)) {
    const offlineOfAll = sum(rows, (row) => row.offline);
    const askedOfAll = sum(rows, (row) => row.offline + row.answered);
    for (const { validator, offline, answered } of rows) {
      const asked = offline + answered;
      if (offline < LEAST_OFFLINE || asked === askedOfAll) continue;
      if (!isRare(offline, asked, offlineOfAll, askedOfAll)) continue;
      const othersOffline = offlineOfAll - offline;
      const othersAsked = askedOfAll - asked;
      differences.push({ validator, miner, offline, asked, othersOffline, othersAsked });
    }
  }
  return differences;
}

/** Adds counts of the same validator and miner. */
export function addCounts(counts: readonly AnswerCount[]): readonly AnswerCount[] {
  const sums = new Map<string, AnswerCount>();
  for (const count of counts) {
    const key = `${count.validator} ${count.miner}`;
    const known = sums.get(key);
    const offline = (known?.offline ?? 0) + count.offline;
    const answered = (known?.answered ?? 0) + count.answered;
    sums.set(key, { ...count, offline, answered });
  }
  return [...sums.values()];
}

/** Whether at least `offline` of `asked` draws out of the whole are rarer than one in RARE. */
function isRare(offline: number, asked: number, offlineOfAll: number, askedOfAll: number): boolean {
  let tail = 0n;
  for (let k = offline; k <= Math.min(asked, offlineOfAll); k += 1) {
    tail += choose(offlineOfAll, k) * choose(askedOfAll - offlineOfAll, asked - k);
  }
  return tail * RARE < choose(askedOfAll, asked);
}

function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let result = 1n;
  for (let i = 1; i <= Math.min(k, n - k); i += 1)
    result = (result * BigInt(n - i + 1)) / BigInt(i);
  return result;
}

function byMiner(counts: readonly AnswerCount[]): ReadonlyMap<Hotkey, readonly AnswerCount[]> {
  const rows = new Map<Hotkey, AnswerCount[]>();
  for (const count of addCounts(counts)) {
    const known = rows.get(count.miner);
    if (known === undefined) rows.set(count.miner, [count]);
    else known.push(count);
  }
  return rows;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
