import { connectChain } from "@neurond/chain";
import { seedDevnet } from "@neurond/gen-exports";
import { toNetuid } from "@neurond/primitives";
import { expect, it } from "vitest";
import { chainSubnet, chainWitness } from "../../io/index.ts";
import { auditorOf, dataset } from "../world.ts";
import { reportOf } from "./rewrite.ts";

const netuid = toNetuid(64);
const signal = AbortSignal.timeout(55_000);

it.each([
  ["with its states", {}],
  ["that keeps bodies only", { pruning: 8 }],
])("a node %s says which tree was committed to beside a digest", async (_, options) => {
  const size = ["--hours", "3", "--miners", "4", "--chutes", "6", "--rate", "60"];
  const world = dataset(...size, "--gen", "all", "--block-time", "300");
  await using devnet = await seedDevnet(world.folder, options);
  await using chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
  const witness = chainWitness({ netuid, chain, archives: [], seen: null });
  const { entry, json, sha256 } = reportOf(world, 0);
  const { validator } = world;
  const tree = json.neurond?.invocation_tree;
  expect(await witness.rows(entry.block, validator, sha256, signal)).toEqual({
    kind: "rows",
    tree,
  });
  const other = await witness.rows(entry.block, validator, "ab".repeat(32), signal);
  expect(other.kind).toBe("gone");

  const parts = { witness, readSubnet: chainSubnet(chain, netuid) };
  const { fresh } = await (await auditorOf(world, parts)).auditor.pass(signal);
  expect(fresh.map(({ kind }) => kind)).toEqual([]);
});
