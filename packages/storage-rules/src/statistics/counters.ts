import { CodedError } from "@neurond/primitives";
import type { StorageRulesCode } from "../errors.ts";

/** What a validator asks of miners, and counts. */
export const COUNTED_TASKS = ["store", "challenge", "retrieve"] as const;
export type CountedTask = (typeof COUNTED_TASKS)[number];

/** Everything that a miner can do well or badly; a ping is watched, but counted nowhere. */
export type Task = CountedTask | "monitor";

/** How often a miner was asked for one thing, and did it. */
export interface Counter {
  readonly attempts: number;
  readonly successes: number;
}

/** What a validator knows of a miner; keyed by hotkey. */
export interface MinerStatistics {
  readonly counters: Readonly<Record<CountedTask, Counter>>;
  /** Over the whole life of the hotkey, also where the counters start anew at every evaluation. */
  readonly totalSuccesses: number;
  /** Name of its tier in the table of the rule in force. */
  readonly tier: string;
  /** Bytes it may hold. */
  readonly storageLimit: bigint;
}

const NONE: Counter = { attempts: 0, successes: 0 };
const TIB = 2n ** 40n;

/** Statistics of a hotkey nobody has asked yet: Bronze, with a limit of 1 TiB. */
export const NEW_MINER: MinerStatistics = {
  counters: { store: NONE, challenge: NONE, retrieve: NONE },
  totalSuccesses: 0,
  tier: "Bronze",
  storageLimit: TIB,
};

/** Statistics after one more answer. A ping changes none of them. */
export function updateStatistics(
  statistics: MinerStatistics | undefined,
  task: Task,
  isSuccess: boolean,
): MinerStatistics {
  const before = statistics ?? NEW_MINER;
  if (task === "monitor") return before;
  const gained = isSuccess ? 1 : 0;
  const { attempts, successes } = before.counters[task];
  const counter = { attempts: attempts + 1, successes: successes + gained };
  return {
    ...before,
    counters: { ...before.counters, [task]: counter },
    totalSuccesses: before.totalSuccesses + gained,
  };
}

/** Statistics with all counters at zero, for rules that look at one period at a time. */
export function restartCounters(statistics: MinerStatistics): MinerStatistics {
  return { ...statistics, counters: NEW_MINER.counters };
}

/** The fields of `stats:{hotkey}` as the seed's validators keep them in Redis. */
export function statisticsToFields(statistics: MinerStatistics): Record<string, string> {
  const { counters, totalSuccesses, tier, storageLimit } = statistics;
  const counts = COUNTED_TASKS.flatMap((task) => [
    [`${task}_attempts`, String(counters[task].attempts)],
    [`${task}_successes`, String(counters[task].successes)],
  ]);
  return {
    ...Object.fromEntries(counts),
    total_successes: String(totalSuccesses),
    tier,
    storage_limit: String(storageLimit),
  };
}

/**
 * Reads the fields again; `retrieval_*` is the first release's spelling of `retrieve_*`, and a
 * missing total is the sum of what is counted. @throws CodedError STATISTICS_INVALID
 */
export function statisticsFromFields(fields: Readonly<Record<string, string>>): MinerStatistics {
  const counter = (task: CountedTask): Counter => {
    const count = (kind: string) =>
      countOf(
        fields[`${task}_${kind}`] ?? (task === "retrieve" ? fields[`retrieval_${kind}`] : "0"),
      );
    const [attempts, successes] = [count("attempts"), count("successes")];
    if (successes <= attempts) return { attempts, successes };
    throw invalid(`${successes} successes in ${attempts} attempts to ${task}`);
  };
  const counters = {
    store: counter("store"),
    challenge: counter("challenge"),
    retrieve: counter("retrieve"),
  };
  const sum = COUNTED_TASKS.reduce((total, task) => total + counters[task].successes, 0);
  return {
    counters,
    totalSuccesses: countOf(fields["total_successes"] ?? String(sum)),
    tier: fields["tier"] ?? NEW_MINER.tier,
    storageLimit: limitOf(fields["storage_limit"]),
  };
}

function limitOf(text: string | undefined): bigint {
  if (text === undefined) return NEW_MINER.storageLimit;
  if (/^\d{1,30}$/.test(text)) return BigInt(text);
  throw invalid(`"${text.slice(0, 40)}" is no limit of storage`);
}

function countOf(text = "0"): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw invalid(`"${text.slice(0, 40)}" is no count`);
}

function invalid(reason: string): CodedError<StorageRulesCode> {
  return new CodedError("STATISTICS_INVALID", `statistics of a miner do not hold: ${reason}`);
}
