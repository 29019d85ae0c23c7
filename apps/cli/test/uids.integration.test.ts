import { connectChain } from "@neurond/chain";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { type Hex, toBlockNumber, toNetuid, toUid } from "@neurond/primitives";
import { recordSelection, sealLine } from "@neurond/storage-rules";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuditUidsShape, UidsShape } from "../src/commands/uids/schemas.ts";
import { run } from "./run.ts";
import { temporaryFile } from "./temporary.ts";

const MINERS = ["//Miner1", "//Miner2", "//Miner3"];
let devnet: Devnet;

beforeAll(async () => {
  devnet = await startDevnet({ preset: "subnet", blockTimeMs: 200 });
});
afterAll(() => devnet.close());

const neurond = (...line: readonly string[]) =>
  run([...line, "-n", devnet.url, "--json"], { connectChain });

test("what is drawn from a running chain is found right in a log, and a wrong draw is not", async () => {
  const serving = MINERS.map((miner, at) => {
    const axon = ["--axon.external_ip", `203.0.113.${at + 1}`, "--axon.external_port", "8091"];
    return neurond("axon", "serve", "--netuid", "2", "--uri", miner, ...axon);
  });
  for (const { exitCode, stdout } of await Promise.all(serving)) expect(exitCode, stdout).toBe(0);
  await devnet.newBlocks(4); // so that all of them serve at the first block of the round
  const drawn = await neurond("uids", "--netuid", "2", "--k", "2", "--purpose", "store");
  const result = UidsShape.parse(JSON.parse(drawn.stdout));
  expect(result.candidates).toEqual([4, 5, 6]);
  expect(result.uids).toHaveLength(2);

  const selection = {
    rule: result.rule,
    netuid: toNetuid(2),
    block: toBlockNumber(result.block),
    blockHash: result.blockHash as Hex,
    purpose: result.purpose,
    candidates: result.candidates.map(toUid),
    count: 2,
  };
  const record = recordSelection(selection, { blocksPerStep: 3, excluded: [] });
  expect(record.uids).toEqual(result.uids);
  const audit = async (line: string) => {
    const file = await temporaryFile("events.jsonl", `${line}\n`);
    const answer = await neurond("audit", "uids", file, "--on-chain");
    return AuditUidsShape.parse(JSON.parse(answer.stdout));
  };
  expect(await audit(sealLine(record, null))).toMatchObject({ verdict: "holds", checked: 1 });

  const favoured = { ...selection, candidates: selection.candidates.slice(1) };
  const hidden = recordSelection(favoured, { blocksPerStep: 3, excluded: [] });
  expect(await audit(sealLine(hidden, null))).toMatchObject({ fault: "CHAIN_CANDIDATES" });
});
