import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ENTRY_BYTES,
  type Entry,
  EntryList,
  encodeEntry,
  type ShardReader,
} from "@neurond/workload-storage";
import { ShardStore } from "@neurond/workload-storage/io";
import type { Row } from "../../bench.ts";
import { Challenges, storeShard } from "./challenges.ts";

const FEW = 1_000;
const MANY = 10_000_000;
const THE_SAME = `the same over ${FEW} shards`;

/** What a sample challenge costs when ten million shards are stored, and what it takes to be ready for one. */
export async function sampleRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  const directory = await mkdtemp(join(tmpdir(), "neurond-bench-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const store = await ShardStore.open({ directory });
  const shard = await storeShard(store, 64);
  const reader = readsOnly(store, shard);
  const few = new Challenges(copiesOf(shard, FEW), reader);
  let built: Built | undefined;
  const many = () => {
    built ??= build(shard, reader);
    return built;
  };
  const common = { better: "lower" } as const;
  return [
    {
      metric: "storage.sample_answer_10m_shards",
      ...{ ...common, unit: "ms", target: 5 },
      measure: () => many().challenges.answerMs(),
      reference: { name: THE_SAME, measure: () => few.answerMs() },
    },
    {
      metric: "storage.sample_verify_10m_shards",
      ...{ ...common, unit: "ms", target: 2 },
      measure: () => many().challenges.verifyMs(),
      reference: { name: THE_SAME, measure: () => few.verifyMs() },
    },
    {
      metric: "storage.sample_answer_bytes_10m_shards",
      ...{ ...common, unit: "bytes", target: 110_000 },
      measure: () => many().challenges.answerBytes(),
      reference: { name: THE_SAME, measure: () => few.answerBytes() },
      note: "the longest of 25 answers; of 20 leaves, which are 81,920 bytes of it",
    },
    {
      metric: "storage.sample_tree_10m_shards",
      ...{ ...common, unit: "s", target: null, runs: 1 },
      measure: () => many().seconds,
      note: "processor time, once in a run: the tree from the archived list, 20 million hashes",
    },
    {
      metric: "storage.sample_memory_10m_shards",
      ...{ ...common, unit: "MB", target: null, runs: 1 },
      measure: () => many().megabytes,
      note: "the list with its tree, in the heap and beside it",
    },
  ];
}

/** Challenges over so many shards, and what their inventory took. */
interface Built {
  readonly challenges: Challenges;
  readonly seconds: number;
  readonly megabytes: number;
}

function build(shard: Entry, reader: ShardReader): Built {
  const before = megabytesInUse();
  const list = copiesOf(shard, MANY);
  const started = process.cpuUsage();
  const challenges = new Challenges(list, reader);
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  return { challenges, seconds, megabytes: megabytesInUse() - before };
}

function megabytesInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** Many shards of the same bytes: what differs is their number, which is what is measured. */
function copiesOf(shard: Entry, count: number): EntryList {
  const [bytes, entry] = [new Uint8Array(count * ENTRY_BYTES), encodeEntry(shard).fill(0, 0, 32)];
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < count; index += 1) {
    bytes.set(entry, index * ENTRY_BYTES);
    view.setUint32(index * ENTRY_BYTES, index);
  }
  return EntryList.decode(bytes);
}

/** Reads every shard from the files of one. */
function readsOnly(store: ShardStore, { shardId }: Entry): ShardReader {
  return {
    readSample: (sample) => store.readSample({ ...sample, entry: { ...sample.entry, shardId } }),
  };
}
