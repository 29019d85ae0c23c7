import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Chain, CommitmentField } from "@neurond/chain";
import { digestOf } from "@neurond/exports";
import { toHex } from "@neurond/primitives";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Exporter } from "../src/exports/exporter.ts";
import { Publishing } from "./support/publishing.ts";
import { honest, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, MINERS, NETUID, World } from "./support/world.ts";

let world: World;
let publishing: Publishing;
/** What becomes of the next commitment of the validator. */
let fate: "lost before it was sent" | "lost after it was sent" | "kept" = "kept";
const self = hotkey("//Validator1");

/** Whether it is a slice that is committed to, and not a run. */
const isOfRows = (fields: readonly CommitmentField[]) =>
  fields.some((field) => field.kind === "raw" && Buffer.from(field.bytes).includes("/rows/"));

/** A chain whose connection ends before or after a commitment was sent. */
function fragile(chain: Chain): Chain {
  return new Proxy(chain, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "setCommitment") return value.bind(target);
      return async (...args: Parameters<Chain["setCommitment"]>) => {
        if (!isOfRows(args[1].fields)) return target.setCommitment(...args);
        const now = fate;
        fate = "kept";
        if (now === "lost before it was sent") throw new Error(now);
        const sent = await target.setCommitment(...args);
        if (now === "lost after it was sent") throw new Error(now);
        return sent;
      };
    },
  });
}

beforeAll(async () => {
  world = await World.begin();
  const workloads = toyWorkload(new Map(MINERS.map((uri) => [hotkey(uri), honest])));
  const chain = fragile(world.chain);
  publishing = new Publishing(world, "//Validator1", { workloads, chain });
  await publishing.start();
  await publishing.node.announce();
  await world.serveMiners();
  await publishing.minutesUntil(async () => (await listed()) === 1);
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const listed = async () => (await publishing.listing()).length;

function exporterOf({ node }: Publishing): Exporter {
  const { exporter } = node.started;
  if (exporter === null) throw new Error("nothing is published");
  return exporter;
}

const newest = () => exporterOf(publishing).stores.reports.newest();

/** Goes on until a slice waits for the chain. */
async function untilUnderway(): Promise<void> {
  await publishing.minutesUntil(async () => (await newest())?.listed === null);
}

/** Every block in which the validator committed to this digest. */
async function blocksWith(sha256: string | undefined): Promise<readonly number[]> {
  const { number: to } = await world.chain.head();
  const blocks: number[] = [];
  const from = to - to + 1;
  for await (const seen of world.chain.scanCommitments({
    from: from as typeof to,
    to,
    netuid: NETUID,
  })) {
    const digest = digestOf(seen.fields);
    if (seen.hotkey === self && isOfRows(seen.fields) && digest && toHex(digest) === `0x${sha256}`)
      blocks.push(seen.block);
  }
  return blocks;
}

test("an answer that was lost is found in the blocks, and nothing is committed twice", async () => {
  const before = await listed();
  fate = "lost after it was sent";
  await expect(publishing.minutesUntil(async () => false)).rejects.toThrow("lost after");
  expect(await newest()).toMatchObject({ listed: null, block: null });
  const slice = await newest();
  await publishing.minutesUntil(async () => (await listed()) === before + 1);
  expect(await blocksWith(slice?.sha256)).toHaveLength(1);
  expect((await publishing.listing()).at(-1)?.block).toBe((await blocksWith(slice?.sha256))[0]);
}, 60_000);

test("a commitment that never left is sent again", async () => {
  const before = await listed();
  fate = "lost before it was sent";
  await expect(publishing.minutesUntil(async () => false)).rejects.toThrow("lost before");
  const slice = await newest();
  await publishing.minutesUntil(async () => (await listed()) === before + 1);
  expect(await blocksWith(slice?.sha256)).toHaveLength(1);
}, 60_000);

test("a process that ends while a slice is under way publishes the same slice afterwards", async () => {
  const before = await listed();
  await untilUnderway();
  const slice = await newest();
  await publishing.node.crash();
  await publishing.start();
  expect((await newest())?.sha256).toBe(slice?.sha256);
  await publishing.minutesUntil(async () => (await listed()) === before + 1);
  expect(await blocksWith(slice?.sha256)).toHaveLength(1);
  const sequences = await exporterOf(publishing).stores.reports.listedFrom(0);
  expect(sequences.map(({ sequence }) => sequence)).toEqual([...sequences.keys()]);
}, 60_000);

test("a report whose digest was sent and whose bytes are gone is never made up for", async () => {
  const before = await listed();
  await untilUnderway();
  const { files } = exporterOf(publishing);
  const slice = await newest();
  const pending = files.pending(slice?.sha256 ?? "");
  const kept = await files.read(pending);
  await rm(pending);
  await expect(
    publishing.minutesUntil(async () => (await listed()) > before, 30),
  ).rejects.toMatchObject({ code: "EXPORT_DAMAGED" });
  await files.write(pending, kept ?? new Uint8Array());
  await publishing.minutesUntil(async () => (await listed()) === before + 1);
  expect(await readdir(join(pending, ".."))).toEqual([]);
}, 60_000);
