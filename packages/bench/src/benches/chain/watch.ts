import { setTimeout as sleep } from "node:timers/promises";
import { connectChain } from "@neurond/chain";
import type { Row } from "../../bench.ts";
import { DevnetProcess } from "./devnet-process.ts";
import { RpcClient } from "./rpc-client.ts";

const BLOCKS = 10_000;
/** Blocks made at a time: the client must see every one of them. */
const BURST = 50;

/** Growth of a client's memory while it watches blocks for as long as a day and a half of them. */
export async function watchRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  const devnet = resources.use(await DevnetProcess.start("--mode", "manual", "--pruning", "64"));
  return [
    {
      metric: "chain.watch.rssGrowth",
      unit: "MB",
      better: "lower",
      target: 20,
      runs: 1,
      measure: () => watch(devnet.url, BLOCKS),
    },
  ];
}

async function watch(url: string, count: number): Promise<number> {
  const stop = new AbortController();
  await using chain = await connectChain({ endpoints: [url], stallMs: 0 });
  await using rpc = await RpcClient.open(url);
  let best = (await chain.head()).number as number;
  const goal = best + count;
  const watching = (async () => {
    for await (const head of chain.watchHeads({ signal: stop.signal })) best = head.number;
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const before = settledMegabytes();
  while (best < goal) {
    const target = Math.min(best + BURST, goal);
    await rpc.request("dev_newBlocks", [target - best]);
    while (best < target) await sleep(1);
  }
  const growth = settledMegabytes() - before;
  stop.abort();
  await watching;
  return Math.max(growth, 0);
}

/** Resident memory once garbage is gone, where the process was started with `--expose-gc`. */
function settledMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 1024 / 1024;
}
