import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectChain } from "@neurond/chain";
import { Dataset, generate, parseOptions, seedDevnet } from "@neurond/gen-exports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuditFairnessShape } from "../src/commands/audit/fairness-schema.ts";
import { AuditWeightsShape } from "../src/commands/audit/weights-schema.ts";
import { run } from "./run.ts";

const scratch = mkdtempSync(join(tmpdir(), "neurond-fairness-"));
const folder = join(scratch, "week");
beforeAll(() => {
  const args = "--hours 3 --miners 6 --chutes 8 --rate 200 --gen all --block-time 300";
  generate(parseOptions([...args.split(" "), "--out", folder]));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("neurond audit fairness tests a folder, as JSON and for people", async () => {
  const line = ["audit", "fairness", "--folder", folder, "--hours", "3"];
  const { exitCode, stdout } = await run([...line, "--json"]);
  const [validator] = AuditFairnessShape.parse(JSON.parse(stdout)).validators;
  expect(exitCode).toBe(0);
  expect(validator?.account?.requests).toBeGreaterThan(100);
  expect(validator?.account?.owners.length).toBeGreaterThan(2);
  expect((await run(line)).stdout).toContain("requests up to");
});

test("neurond audit weights says why it sets none, and sends nothing", async () => {
  await using devnet = await seedDevnet(folder, { onlyValidator: true });
  const line = ["audit", "weights", "--folder", folder, "--submit", "--uri", "//X"];
  const chain = ["--subtensor.chain_endpoint", devnet.url, "--netuid", "64", "--json"];
  const { exitCode, stdout } = await run([...line, ...chain], { connectChain });
  const result = AuditWeightsShape.parse(JSON.parse(stdout));
  expect([exitCode, result.submission]).toEqual([1, null]);
  const codes = result.hindrances.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(["NOT_REGISTERED", "TOO_FEW_HOURS", "TOO_OLD"]));
  const recorded: { neurons: { uid: number }[] } = JSON.parse(
    readFileSync(join(folder, "chain/metagraph.json"), "utf8"),
  );
  const uids = new Set(recorded.neurons.map(({ uid }) => uid));
  expect(result.weights.length).toBeGreaterThan(1);
  expect(result.weights.every(({ uid }) => uids.has(uid))).toBe(true);
  expect(new Dataset(folder).manifest.netuid).toBe(result.netuid);
});
