import { readFileSync } from "node:fs";
import { MemorySynthetics, type Probe, probeKey, type SyntheticType } from "@neurond/synthetics";
import { ANSWER_LIMITS, decodeImage, runSynthetics, Sender } from "@neurond/synthetics/io";
import { describe, expect, test } from "vitest";
import { scene, scratch } from "./scene.ts";

const FUNCTIONS: readonly (readonly [SyntheticType, string, string])[] = [
  ["chat", "chat_stream", "/v1/chat/completions"],
  ["completion", "completion_stream", "/v1/completions"],
  ["image", "generate", "/chutes-pictures/generate"],
  ["tts", "speak", "/chutes-kokoro-82m/speak"],
  ["transcribe", "transcribe", "/chutes-dictation/transcribe"],
  ["embed", "embed", "/chutes-vectors/embed"],
  ["moderation", "predict", "/chutes-hate-speech-check/predict"],
  ["rerank", "rerank", "/chutes-vectors/rerank"],
];

describe("a traced request", () => {
  test.each(FUNCTIONS)("of type %s reaches a target that is recorded", async (type, name, path) => {
    using folder = scratch();
    await using world = await scene(folder.path);
    const { sent, probes } = await world.probe(type);
    expect(sent).toMatchObject({ kind: "answered", ending: "complete", faults: [] });
    const [request] = world.gateway.requests;
    expect(request?.path).toBe(path);
    expect(request?.headers).toMatchObject({
      authorization: "Bearer cpk_test",
      "x-chutes-trace": "true",
      "content-type": "application/json",
    });
    const [row] = world.gateway.rows;
    expect(probes).toMatchObject([
      {
        kind: "traced",
        type,
        functionName: name,
        invocationId: row?.invocation_id,
        parentInvocationId: row?.parent_invocation_id,
        minerHotkey: row?.miner_hotkey,
        hasError: false,
      },
    ]);
    expect(await world.store.pending(10)).toEqual(probes);
  });

  test("shows words inline, shapes and verdicts in a line, and saves the rest where nothing is drawn", async () => {
    using folder = scratch();
    await using world = await scene(folder.path);
    for (const [type] of FUNCTIONS) await world.probe(type);
    const shown = world.shown.join("");
    expect(shown).toContain("It depends on how the tide runs, and on who is asked.\n");
    expect(shown).toContain("the tide comes in twice a day\n");
    expect(shown).toContain("1 x 1024\n");
    expect(shown).toContain('"not hate speech"');
    expect(shown).not.toContain("\u001b");
    const [image, audio] = [...shown.matchAll(/saved as (\S+)/g)].map(([, path]) => path ?? "");
    expect(decodeImage(readFileSync(image ?? ""))).toMatchObject({ width: 96, height: 64 });
    expect(readFileSync(audio ?? "").toString("latin1", 8, 12)).toBe("WAVE");
    expect(world.warnings).toEqual([]);
  });

  test("records each target that failed before one answered, and tokens of the last only", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, {
      behaviour: () => ({ kind: "retries", failures: 2 }),
    });
    const { probes } = await world.probe("chat");
    expect(probes.map(({ hasError, tokensOut }) => [hasError, tokensOut])).toEqual([
      [true, null],
      [true, null],
      [false, 12],
    ]);
    expect(probes.map(probeKey)).toEqual(world.gateway.rows.map((row) => row.invocation_id));
    expect(new Set(probes.map(({ parentInvocationId }) => parentInvocationId)).size).toBe(1);
  });

  test("records five targets when all of them fail", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, {
      behaviour: () => ({ kind: "retries", failures: 9 }),
    });
    const { probes, sent } = await world.probe("image");
    expect(probes.map(({ hasError }) => hasError)).toEqual(Array(5).fill(true));
    expect(sent).toMatchObject({
      content: { error: "exhausted all available targets to no avail" },
    });
  });

  test.each([401, 429, 500])("that is refused with %i leaves no record", async (status) => {
    using folder = scratch();
    await using world = await scene(folder.path, {
      behaviour: () => ({ kind: "refuses", status }),
    });
    const { sent, probes } = await world.probe("chat");
    expect(sent).toEqual({ kind: "refused", status, detail: '{"detail":"refused"}' });
    expect(probes).toEqual([]);
    expect(await world.store.counts()).toEqual([]);
  });

  test("that finds no capacity leaves no record", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, { behaviour: () => ({ kind: "overload" }) });
    const { sent, probes } = await world.probe("chat");
    expect(sent).toMatchObject({ kind: "answered", content: { error: "infra_overload" } });
    expect(probes).toEqual([]);
  });

  test("that breaks off has its target on record, unsettled", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, { behaviour: () => ({ kind: "cut" }) });
    const { sent } = await world.probe("chat");
    expect(sent).toMatchObject({ kind: "answered", ending: "broken" });
    expect(await world.store.pending(10)).toMatchObject([{ settledAt: null, hasError: false }]);
  });

  test("that falls silent is given up, and its target is on record", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, { behaviour: () => ({ kind: "silent" }) });
    const limits = { ...ANSWER_LIMITS, idleMs: 100 };
    const { sent } = await world.probe("chat", { limits });
    expect(sent).toMatchObject({ kind: "answered", ending: "too_slow" });
    expect(await world.store.pending(10)).toHaveLength(1);
  });

  test("is on record before the answer ends", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, { behaviour: () => ({ kind: "silent" }) });
    const recorded = Promise.withResolvers<void>();
    const interrupt = new AbortController();
    const store = new (class extends MemorySynthetics {
      override async save(probes: readonly Probe[]): Promise<void> {
        await super.save(probes);
        recorded.resolve();
      }
    })();
    const sending = new Sender(world.deps(["chat"], { store })).sendOne(interrupt.signal);
    await recorded.promise;
    interrupt.abort();
    await expect(sending).rejects.toThrow(/abort/i);
    expect(await store.pending(10)).toHaveLength(1);
  });

  test("survives noise between events, and says what was wrong", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, { behaviour: () => ({ kind: "garbage" }) });
    const { sent, probes } = await world.probe("embed");
    expect(sent).toMatchObject({ ending: "complete", faults: ["not_json"] });
    expect(probes).toHaveLength(1);
  });

  test("reads a line of many megabytes, drops one beyond its limit, and stops at the total", async () => {
    using folder = scratch();
    const sizeBytes = 3_000_000;
    await using world = await scene(folder.path, {
      behaviour: () => ({ kind: "huge-line", sizeBytes }),
    });
    expect(await world.probe("embed")).toMatchObject({ sent: { ending: "complete", faults: [] } });
    const short = { ...ANSWER_LIMITS, maxLineBytes: 1_000_000 };
    const { sent, probes } = await world.probe("embed", { limits: short });
    expect(sent).toMatchObject({ ending: "complete", faults: ["line_too_long"] });
    expect(probes).toMatchObject([{ hasError: false }]);
    const little = { ...ANSWER_LIMITS, maxTotalBytes: 1_000_000 };
    expect(await world.probe("embed", { limits: little })).toMatchObject({
      sent: { ending: "too_long" },
    });
  });
});

describe("a blind request", () => {
  test.each(FUNCTIONS)("of type %s asks for no trace and is known by its header", async (type) => {
    using folder = scratch();
    await using world = await scene(folder.path);
    const { sent, probes } = await world.probe(type, { blindShare: 1 });
    expect(world.gateway.requests[0]?.headers).not.toHaveProperty("x-chutes-trace");
    expect(sent).toMatchObject({ kind: "answered", ending: "complete", attempts: [] });
    expect(probes).toMatchObject([
      { kind: "blind", parentInvocationId: world.gateway.rows[0]?.parent_invocation_id },
    ]);
    expect(world.shown.join("")).not.toBe("");
  });
});

describe("the loop", () => {
  test("sends one request at a time, and goes on after what fails", async () => {
    using folder = scratch();
    await using world = await scene(folder.path, {
      behaviour: (request) =>
        request % 2 === 0 ? { kind: "well" } : { kind: "refuses", status: 500 },
    });
    const stop = new AbortController();
    let atOnce = 0;
    const statuses: string[] = [];
    const deps = world.deps(["chat", "embed"], {
      now: Date.now,
      fetch: async (url, init) => {
        expect(++atOnce).toBe(1);
        return world
          .deps([])
          .fetch(url, init)
          .finally(() => (atOnce -= 1));
      },
      report: {
        failed: ({ code }) => statuses.push(code),
        probed: ({ sent }) => {
          statuses.push(sent.kind);
          if (statuses.length === 4) stop.abort();
        },
      },
    });
    await expect(runSynthetics(deps, stop.signal)).rejects.toThrow(/abort/i);
    expect(statuses).toEqual(["answered", "refused", "answered", "refused"]);
  });

  test("says which types nobody serves", async () => {
    using folder = scratch();
    await using world = await scene(folder.path);
    await expect(
      world.probe("chat", { choice: { ...world.deps([]).choice, types: [] } }),
    ).rejects.toMatchObject({ code: "NO_CHUTE" });
    await expect(world.probe("chat", { url: "http://127.0.0.1:1" })).rejects.toMatchObject({
      code: "CHUTES_UNREADABLE",
    });
  });
});
