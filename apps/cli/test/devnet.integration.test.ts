import { connectChain } from "@neurond/chain";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { AxonServedShape, AxonsShape } from "../src/commands/axon/schemas.ts";
import {
  BlockShape,
  ChainStatusShape,
  HyperparametersShape,
  MetagraphShape,
} from "../src/commands/chain/schemas.ts";
import { CommitmentSetShape, CommitmentsShape } from "../src/commands/commitments/schemas.ts";
import { WeightsSetShape, WeightsShape } from "../src/commands/weights/schemas.ts";
import { run } from "./run.ts";

const SUBNET = ["--netuid", "2"];
let devnet: Devnet;

beforeAll(async () => {
  devnet = await startDevnet({ preset: "subnet", blockTimeMs: 200 });
});
afterAll(() => devnet.close());

async function neurond<Schema extends z.ZodType>(
  schema: Schema,
  ...line: readonly string[]
): Promise<z.infer<Schema>> {
  const whole = [...line, "-n", devnet.url, "--json"];
  const { stdout, stderr } = await run(whole, { connectChain });
  const result = schema.safeParse(JSON.parse(stdout));
  if (!result.success) throw new Error(`${stdout}\n${stderr}`, { cause: result.error });
  return result.data;
}

test("what is read of a running chain has the documented shapes", async () => {
  await devnet.newBlocks(1);
  const status = await neurond(ChainStatusShape, "chain", "status");
  expect(status).toMatchObject({ network: "local", endpoint: devnet.url, subnets: [0, 1, 2] });
  const metagraph = await neurond(MetagraphShape, "chain", "metagraph", ...SUBNET);
  expect(metagraph.neurons).toHaveLength(8);
  const hyperparameters = await neurond(
    HyperparametersShape,
    "chain",
    "hyperparameters",
    ...SUBNET,
  );
  expect(hyperparameters).toMatchObject({ netuid: 2, tempo: 20 });
  const block = await neurond(BlockShape, "chain", "block", "1");
  expect(block).toMatchObject({ number: 1 });
  expect(block.events.length).toBeGreaterThan(0);
});

test("weights that are set are shown", async () => {
  const set = ["weights", "set", ...SUBNET, "--uri", "//Validator1", "4=0.5", "5=0.25"];
  const sent = await neurond(WeightsSetShape, ...set);
  expect(sent).toMatchObject({ path: "plain", submission: { kind: "included" } });
  const { rows } = await neurond(WeightsShape, "weights", "show", ...SUBNET);
  const row = rows.find(({ hotkey }) => hotkey === sent.hotkey);
  expect(row?.weights.map(({ uid, value }) => ({ uid, value }))).toEqual(sent.weights);
  const again = await run([...set, "-n", devnet.url], { connectChain });
  expect(again.exitCode).toBe(1);
  expect(again.stdout).toMatch(/too soon: the chain takes it in \d+ blocks; nothing was sent/);
});

test("a commitment that is set is shown", async () => {
  const set = ["commitments", "set", ...SUBNET, "--uri", "//Miner1", "hello"];
  const { hotkey, submission } = await neurond(CommitmentSetShape, ...set);
  expect(submission.kind).toBe("included");
  const show = ["commitments", "show", ...SUBNET, "--hotkey", hotkey];
  expect(await neurond(CommitmentsShape, ...show)).toMatchObject({
    commitments: [{ hotkey, fields: [{ kind: "raw", text: "hello" }] }],
  });
});

test("an axon that is announced is shown", async () => {
  const serve = ["axon", "serve", ...SUBNET, "--uri", "//Miner2", "--axon.ip", "203.0.113.7"];
  const { hotkey, submission } = await neurond(AxonServedShape, ...serve, "--axon.port", "9000");
  expect(submission.kind).toBe("included");
  expect(await neurond(AxonsShape, "axon", "show", ...SUBNET, "--hotkey", hotkey)).toMatchObject({
    axon: { ip: "203.0.113.7", port: 9000 },
  });
});

test.each([
  [["chain", "metagraph", "--netuid", "77"], 2, "SUBNET_NOT_FOUND"],
  [["chain", "metagraph", ...SUBNET, "--mecid", "9"], 2, "MECHANISM_NOT_FOUND"],
  [["chain", "block", "4000000"], 1, "BLOCK_UNKNOWN"],
])("%j ends with %i %s", async (line, exitCode, code) => {
  const answer = await run([...line, "-n", devnet.url, "--json"], { connectChain });
  expect(JSON.parse(answer.stdout)).toMatchObject({ error: { code } });
  expect(answer.exitCode).toBe(exitCode);
});

test("a hotkey without a uid is refused by name, with exit code 1", async () => {
  const line = ["weights", "set", ...SUBNET, "--uri", "//Stranger", "4=1", "-n", devnet.url];
  const answer = await run(line, { connectChain });
  expect(answer).toMatchObject({ exitCode: 1 });
  expect(answer.stdout).toContain("NOT_REGISTERED");
});

test("a port where nobody listens ends with 3", async () => {
  const line = ["chain", "status", "-n", "ws://127.0.0.1:1", "--timeout", "2", "--json"];
  const answer = await run(line, { connectChain });
  expect(answer.exitCode).toBe(3);
  expect(JSON.parse(answer.stdout)).toHaveProperty("error.code");
});
