import { MemoryState } from "@neurond/ingest";
import { parseHotkey } from "@neurond/primitives";
import { createLogger, createRegistry } from "@neurond/runtime";
import { PostgresSynthetics } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { expect, test } from "vitest";
import { exported, scene, scratch, VALIDATOR } from "../../../packages/synthetics/test/scene.ts";
import { Config } from "../src/config.ts";
import { serveSynthetics } from "../src/synthetics/api.ts";
import { chooseTypes } from "../src/synthetics/choose-types.ts";
import { createSyntheticMetrics } from "../src/synthetics/metrics.ts";
import { openSynthetics } from "../src/synthetics/open-synthetics.ts";
import { auditorApp } from "./auditor-app.ts";

const hotkey = parseHotkey(VALIDATOR);
const HOUR_MS = 3_600_000;
/** For what happens in the background. */
const SOON = { timeout: 10_000 };
const log = createLogger("test");
log.level = "silent";

test("an auditor sends requests of its own, and finds those that exports leave out", async () => {
  using folder = scratch();
  await using database = await testDatabase();
  const store = new PostgresSynthetics(database.kysely, hotkey);
  // Requests of yesterday, of which the exports lost the first.
  const yesterday = Math.floor(Date.now() / HOUR_MS - 24) * HOUR_MS + HOUR_MS / 2;
  await using world = await scene(folder.path, { now: () => yesterday });
  const probed = [await world.probe("chat", { store }), await world.probe("embed", { store })];
  await using warehouse = await exported(
    folder.path,
    world.gateway,
    ([_lost, ...kept]) => kept,
    yesterday * 1_000,
  );

  const state = new MemoryState();
  const metrics = createSyntheticMetrics(createRegistry("auditor"));
  const config = Config.parse({
    netuid: 64,
    exports: { allowPrivate: true },
    validators: [{ hotkey, url: world.gateway.url }],
    synthetics: {
      enabled: true,
      api_key: "cpk_test",
      schedule: "fixed",
      interval_s: 3_600,
      blind_share: 0,
      endpoints: world.gateway.endpoints,
    },
  });
  const exports = { database, state, windows: new Map([[hotkey, warehouse]]) };
  const synthetics = await openSynthetics({ config, exports, metrics, log });
  const stop = new AbortController();
  const following = synthetics?.follow(stop.signal);
  await expect
    .poll(
      async () => (await state.findings(hotkey, 10)).map(({ kind, subject }) => [kind, subject]),
      SOON,
    )
    .toEqual([["SYNTHETIC_MISSING", invocationOf(probed[0])]]);
  await expect.poll(() => world.gateway.requests.length, SOON).toBe(3);
  await expect.poll(async () => (await store.pending(10)).length, SOON).toBe(1);
  expect(await synthetics?.summary()).toMatchObject({
    traced: { verdicts: { FOUND: 1, MISSING: 1, PENDING: 1 }, omission: { judged: 2, missing: 1 } },
  });
  stop.abort();
  await following;

  const app = await auditorApp();
  if (synthetics !== null) serveSynthetics(app, synthetics);
  const served = await app.inject({ url: "/v1/synthetics?limit=5" });
  expect(served.json()).toMatchObject({
    validator: hotkey,
    traced: { omission: { judged: 2 } },
    bad: [{ id: invocationOf(probed[0]), sample: "traced", type: "chat", verdict: "MISSING" }],
  });
});

test.each([
  { enabled: true },
  { enabled: true, api_key: "cpk_test", validator: "nobody" },
  { enabled: false, api_key: "cpk_test" },
])("synthetics of %j are not sent, and the audit goes on", async (synthetics) => {
  const config = Config.parse({
    netuid: 64,
    validators: [{ hotkey, url: "https://api.chutes.ai" }],
    synthetics,
  });
  const metrics = createSyntheticMetrics(createRegistry("auditor"));
  await using database = await testDatabase();
  const exports = { database, state: new MemoryState(), windows: new Map() };
  expect(await openSynthetics({ config, exports, metrics, log })).toBeNull();
});

test("every switch of the older auditor works on its own kinds", () => {
  const of = (synthetics: object) => Config.parse({ netuid: 64, synthetics }).synthetics;
  const off = { enabled: false };
  expect(chooseTypes(of({ text: off, image: off, tts: off }), "enabled")).toEqual([
    "transcribe",
    "embed",
    "moderation",
  ]);
  expect(chooseTypes(of({ text: { enabled: true, render: false } }), "render")).not.toContain(
    "chat",
  );
  const dataset = {
    name: "allenai/WildChat-1M",
    options: { split: "train" },
    field_name: "conversation",
  };
  expect(of({ text: { enabled: true, render: true, dataset } }).text.dataset.name).toBe(
    dataset.name,
  );
});

function invocationOf(
  probed: Awaited<ReturnType<Awaited<ReturnType<typeof scene>>["probe"]>> | undefined,
) {
  const [probe] = probed?.probes ?? [];
  return probe?.kind === "traced" ? probe.invocationId : undefined;
}
