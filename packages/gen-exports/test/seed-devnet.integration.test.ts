import { type CommitmentSeen, connectChain } from "@neurond/chain";
import { parseTimestamp } from "@neurond/exports";
import { parseHotkey, toBlockNumber, toHex, toNetuid } from "@neurond/primitives";
import { expect, it } from "vitest";
import { Dataset, seedDevnet } from "../src/index.ts";
import { generated, scratch } from "./folder.ts";

it("a devnet has every commitment of a data set in its block, for who scans bodies and for who asks the state", async () => {
  using folder = scratch();
  const { out } = generated(folder.path, "a", "--hours", "3", "--rate", "50", "--gen", "all");
  const dataset = new Dataset(out);
  await using devnet = await seedDevnet(out);
  await using chain = await connectChain({ endpoints: [devnet.url] });
  const netuid = toNetuid(dataset.manifest.netuid);
  const entries = dataset.entries();
  const blocks = entries.map(({ block }) => block);

  const seen: CommitmentSeen[] = [];
  const range = {
    from: toBlockNumber(Math.min(...blocks)),
    to: toBlockNumber(Math.max(...blocks)),
    netuid,
  };
  for await (const commitment of chain.scanCommitments(range)) seen.push(commitment);
  expect(seen.map(({ block, hotkey }) => `${block} ${hotkey}`).toSorted()).toEqual(
    entries.map(({ block, hotkey }) => `${block} ${hotkey}`).toSorted(),
  );

  const expected = new Map(
    dataset
      .submissions()
      .map(({ block, signer, fields }) => [`${block} ${signer}`, fields[0]?.hex]),
  );
  for (const entry of entries) {
    const miner = dataset.manifest.miners.find(({ hotkey }) => hotkey === entry.hotkey);
    const signer = miner === undefined ? "validator" : `miner/${miner.index}`;
    const at = await chain.blockHash(toBlockNumber(entry.block));
    const stored = await chain.commitment(
      { netuid, hotkey: parseHotkey(entry.hotkey) },
      { at: at ?? "0x" },
    );
    const [first] = stored?.fields ?? [];
    expect(stored?.block).toBe(entry.block);
    expect(first?.kind === "sha-256" && toHex(first.hash)).toBe(
      expected.get(`${entry.block} ${signer}`),
    );
  }

  const { chainMs } = await chain.clock();
  expect(chainMs * 1_000).toBeGreaterThan(parseTimestamp(dataset.manifest.end) ?? 0);
  const { neurons } = await chain.metagraph({ netuid });
  const recorded: { neurons: { hotkey: string; incentive: number }[] } = JSON.parse(
    dataset.text("chain/metagraph.json"),
  );
  for (const { hotkey, incentive } of recorded.neurons) {
    expect(neurons.find((neuron) => neuron.hotkey === hotkey)?.incentive).toBe(incentive);
  }
});

it("a devnet follows a data set through days when blocks are far apart and miners are left out", async () => {
  using folder = scratch();
  const { out } = generated(
    folder.path,
    "a",
    "--hours",
    "48",
    "--rate",
    "5",
    "--block-time",
    "300",
  );
  const dataset = new Dataset(out);
  await using devnet = await seedDevnet(out, { onlyValidator: true });
  await using chain = await connectChain({ endpoints: [devnet.url] });
  const { netuid, validator } = dataset.manifest;
  const own = dataset.entries().filter(({ hotkey }) => hotkey === validator.hotkey);
  const range = {
    from: toBlockNumber(1),
    to: (await chain.head()).number,
    netuid: toNetuid(netuid),
  };
  const seen: number[] = [];
  for await (const { block } of chain.scanCommitments(range)) seen.push(block);
  expect(seen).toEqual(own.map(({ block }) => block));
});
