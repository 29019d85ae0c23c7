import { setImmediate as turn } from "node:timers/promises";
import { toHex } from "@neurond/primitives";
import { openFile } from "@neurond/workload-storage/file";
import { expect, test } from "vitest";
import { type GetContext, getSegment } from "../src/get-segment.ts";
import { Meter, putFile } from "../src/index.ts";
import type { Job, Results } from "../src/shard-work.ts";
import { INLINE, type ShardWorkers } from "../src/work-pool.ts";
import { bytesOf, KEY, owned } from "./support/files.ts";
import { MemoryNetwork } from "./support/memory-network.ts";

const K = 3;

/** Something that comes about once. */
function event() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { came: promise, come: resolve };
}

/** A segment of three data and one parity shard, and how to get it into a slab of its own. */
async function stored() {
  const network = new MemoryNetwork(4);
  const source = (async function* () {
    yield bytesOf(90_000);
  })();
  const { manifest } = await putFile({ ...owned, source, network, rs: [K, 4], threads: 0 });
  const shards = manifest.segments[0]?.shards ?? [];
  const get = async (changed: Partial<GetContext>) => {
    const slab = new Uint8Array(K * (shards[0]?.size ?? 0));
    const context: GetContext = {
      ...{ manifest, network, workers: INLINE, meter: new Meter(undefined), hedgeMs: 20 },
      secrets: openFile(manifest, KEY),
      signal: new AbortController().signal,
      onBadShard: () => undefined,
      ...changed,
    };
    await getSegment(context, 0, [0, 1, 2], slab);
    return slab;
  };
  return { network, get, late: shards[1], parity: shards[3] };
}

/** Does the sums here, and the check of one shard only after `until`. */
function withSlowCheck(root: string | undefined, begun: () => void, until: Promise<unknown>) {
  const kinds: string[] = [];
  const workers: ShardWorkers = {
    async run<Kind extends Job["kind"]>(job: Extract<Job, { kind: Kind }>): Promise<Results[Kind]> {
      const asked: Job = job;
      kinds.push(asked.kind);
      if (asked.kind === "check" && toHex(asked.root) === root) {
        begun();
        await until;
      }
      return await INLINE.run(job);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { workers, kinds };
}

test("a late shard that is being checked when others suffice spoils nothing", async () => {
  const { network, get, late, parity } = await stored();
  const right = await get({});
  const [parityAsked, checkBegun, parityCame] = [event(), event(), event()];
  for (const miner of network.miners) {
    miner.behave = async () => {
      if (miner.hotkey === late?.miner) await parityAsked.came;
      if (miner.hotkey !== parity?.miner) return;
      parityAsked.come();
      await checkBegun.came;
      // Before the next turn all that can be done without the late shard has been done.
      void turn().then(parityCame.come);
    };
  }
  const { workers } = withSlowCheck(late?.root, checkBegun.come, parityCame.came);
  const slab = await get({ workers });
  await parityCame.came;
  await turn();
  expect(Buffer.compare(slab, right)).toBe(0);
});

test("a late shard that ends when others suffice is not checked any more", async () => {
  const { network, get, late } = await stored();
  const right = await get({});
  const { workers, kinds } = withSlowCheck(undefined, () => undefined, Promise.resolve());
  const slow: GetContext["network"] = {
    async *fetch(shard, signal) {
      yield* network.fetch(shard, signal);
      if (shard.miner !== late?.miner) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  const slab = await get({ network: slow, workers });
  await turn();
  expect(Buffer.compare(slab, right)).toBe(0);
  expect(kinds).toEqual(["check", "check", "check", "restore"]);
});
