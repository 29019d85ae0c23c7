import { startDevnet } from "@neurond/devnet";
import { expect, test } from "vitest";
import { readGenesis } from "../src/commands/devnet/genesis-file.ts";
import { temporaryFile } from "./temporary.ts";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

const fileOf = (text: string) => temporaryFile("genesis.yaml", text);

test("a genesis file founds a chain with its neurons, in order of uid", async () => {
  const file = await fileOf(`
netuid: 7
tempo: 12
owner: { hotkey: ${ALICE}, coldkey: ${BOB} }
neurons:
  - { hotkey: ${ALICE}, coldkey: ${BOB}, stake: "1.5", validatorPermit: true }
  - { hotkey: ${BOB}, coldkey: ${ALICE} }
funded: [{ account: ${BOB}, tao: "2" }]
`);
  const genesis = await readGenesis(file);
  expect(genesis.subnets?.[0]).toMatchObject({
    netuid: 7,
    tempo: 12,
    neurons: [{ stakeRao: 1_500_000_000n, validatorPermit: true }, { validatorPermit: false }],
  });
  expect(genesis.funded).toMatchObject([{ rao: 2_000_000_000n }]);
  await using devnet = await startDevnet({ ...genesis, preset: "subnet", mode: "manual" });
  expect(devnet.url).toMatch(/^ws:/);
});

test.each([
  ["netuid: [", /genesis file .*: it is not YAML/],
  ["netuid: 7", /genesis file .*: owner: /],
  [`netuid: 7\nowner: {hotkey: x, coldkey: y}\nneurons: []`, /genesis file .*: owner.hotkey: /],
])("a genesis file %j is refused in one line", async (text, message) => {
  await expect(readGenesis(await fileOf(text))).rejects.toThrow(message);
});
