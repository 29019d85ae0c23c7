import { DOCUMENT } from "@neurond/workload-storage";
import { expect, test } from "vitest";
import { RealMiner } from "./support/real-miner.ts";
import { SweepWorld, URIS } from "./support/sweep-world.ts";
import { hotkey } from "./support/world.ts";

test("real miners take tags, answer sweeps from disk and pass both slots", {
  timeout: 240_000,
}, async () => {
  await using sweeps = await SweepWorld.begin({}, RealMiner.start);
  await sweeps.store("story", 300_000);
  const swept = await sweeps.firstSwept();
  await sweeps.probed(swept);
  const passed = Object.fromEntries(URIS.map((uri) => [uri, "passed"]));
  expect(await sweeps.outcomes(swept, 0)).toEqual(passed);
  expect(await sweeps.outcomes(swept, 1)).toEqual(passed);
  const grants = await sweeps.documents(DOCUMENT.grant);
  expect(new Set(grants.map(({ miner }) => miner))).toEqual(new Set(URIS.map(hotkey)));
});
