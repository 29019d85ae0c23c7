import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "@neurond/primitives";
import { DOCUMENT, SignedReceiptRecord } from "@neurond/workload-storage";
import { TokenEvidence, TokenTask } from "@neurond/workload-storage/token";
import { expect, test } from "vitest";
import type { ValidatorParts } from "../src/index.ts";
import { workloadsOf } from "../src/workloads.ts";
import { audited, LONE_RUN } from "./support/audited.ts";
import { RealMiner } from "./support/real-miner.ts";
import { all, PERIOD_BLOCKS, SweepWorld, URIS } from "./support/sweep-world.ts";
import { hotkey, type NodeOptions } from "./support/world.ts";

/** A chain, a validator, miners and an auditor in one process: patience for busy machines. */
const PATIENCE = { timeout: 240_000 };
/** Sample, sweep, opening, token: slots 0 to 3. */
const OPTIONS: Partial<NodeOptions> = {
  run: LONE_RUN,
  storage: {
    ttlBlocks: 4 * PERIOD_BLOCKS,
    sweep: { periodBlocks: PERIOD_BLOCKS },
    opening: { enabled: true, sectors: 16 },
    token: { enabled: true, count: 2 },
  },
};
type RealWorld = SweepWorld<RealMiner>;
const begin = (workloads?: ValidatorParts["workloads"]): Promise<RealWorld> =>
  SweepWorld.begin({ ...OPTIONS, ...(workloads && { workloads }) }, RealMiner.start);

/** Turns a bit in every block of the one shard of a miner. */
async function spoil({ directory }: RealMiner, sizeBytes: number): Promise<void> {
  const found = await readdir(join(directory, "shards"), { recursive: true, withFileTypes: true });
  for (const name of found) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    const bytes = await readFile(path);
    if (bytes.length < sizeBytes) continue;
    for (let at = 0; at < bytes.length; at += 100) bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(path, bytes);
  }
}

const SIZE = 6_000;

/** A validator that opens tokens of a miner otherwise, and calls its answers wrong, once it lies. */
function liar() {
  const said = { lies: false };
  const lying: NonNullable<ValidatorParts["workloads"]> = (deps) =>
    workloadsOf(deps).map((entry) => ({
      ...entry,
      async prober(miner, task, given) {
        const evidence = await entry.prober(miner, task, given);
        const claimed = TokenEvidence.safeParse(evidence);
        if (!said.lies || !claimed.success || miner.hotkey !== hotkey(URIS[1])) return evidence;
        const { opened } = claimed.data;
        return { ...claimed.data, opened: { ...opened, answer: toHex(new Uint8Array(32)) } };
      },
      workload: {
        ...entry.workload,
        verify(task, evidence) {
          const outcome = entry.workload.verify(task, evidence);
          const isOpened = TokenEvidence.safeParse(evidence).success;
          if (!isOpened || outcome.kind !== "unknown") return outcome;
          return { kind: "failed", reason: "ANSWER_MISMATCH" };
        },
      },
    }));
  return { said, lying };
}

/** Waits until the miners signed for what their shards are asked by. */
async function committed({ miners }: RealWorld): Promise<void> {
  const deadline = Date.now() + 60_000;
  const isDone = () => {
    const receipts = miners.flatMap(({ shards }) => shards.list().map(({ receipt }) => receipt));
    const done = receipts.filter(({ vector, tokens }) => vector?.sectors === 16 && tokens);
    return done.length === miners.length;
  };
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error("receipts were not signed anew");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The tokens that a run asked. */
async function numbers(world: RealWorld, run: number): Promise<readonly number[]> {
  const seen = (await world.observations(run)).filter(({ slot }) => slot === 3);
  return seen.map(({ task }) => TokenTask.parse(task).number);
}

test(
  "all four modes: the honest pass, spoiled bytes fail, a forged opening convicts, and tokens end",
  PATIENCE,
  async () => {
    const { said, lying } = liar();
    await using world = await begin(lying);
    await world.store("story", SIZE);
    await committed(world);
    const first = await world.firstSwept();
    await world.probed(first);
    for (const slot of [0, 1, 2, 3]) {
      expect(await world.outcomes(first, slot), `slot ${slot}`).toEqual(all("passed"));
    }
    expect(await numbers(world, first)).toEqual([1, 1, 1]);
    await spoil(world.miners[0] as RealMiner, SIZE);
    // What was used is known after a restart.
    await world.restart();
    said.lies = true;
    await world.probed(first + 1);
    expect(await world.outcomes(first + 1, 2)).toEqual({ ...all("passed"), [URIS[0]]: "failed" });
    const told = { ...all("passed"), [URIS[0]]: "failed", [URIS[1]]: "failed" };
    expect(await world.outcomes(first + 1, 3)).toEqual(told);
    expect(await numbers(world, first + 1)).toEqual([2, 2, 2]);
    // Both tokens of every shard are used: nothing is asked of it any more.
    await world.probed(first + 2);
    expect(await world.outcomes(first + 2, 3)).toEqual({});
    expect(await audited(world, first)).toEqual({});
    expect(await audited(world, first + 1)).toEqual({
      VERDICT_FORGED: { kind: "proven", miner: URIS[1] },
    });
    const logged = (await world.documents(DOCUMENT.receipt)).map(
      ({ body }) => SignedReceiptRecord.parse(body).receipt,
    );
    expect(logged.filter(({ vector, tokens }) => vector && tokens)).toHaveLength(URIS.length);
  },
);
