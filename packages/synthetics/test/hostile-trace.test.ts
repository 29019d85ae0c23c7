import { randomUUID } from "node:crypto";
import { MemorySynthetics, type Probe, probeKey, type SyntheticRequest } from "@neurond/synthetics";
import { ANSWER_LIMITS, probeOnce } from "@neurond/synthetics/io";
import { describe, expect, test } from "vitest";

const NOW_MS = Date.UTC(2025, 9, 15, 12, 30);
const request: SyntheticRequest = {
  type: "embed",
  chuteId: "chute",
  chuteName: "name",
  url: "https://chute.example/embed",
  payload: {},
};

interface Told {
  readonly child?: string;
  readonly parent?: string;
  readonly time?: string;
  readonly hotkey?: string;
  readonly chute?: string;
}

/** A trace of one attempt that succeeds, with what a test wants to be wrong with it. */
function trace({ child, parent, time, hotkey = "5Miner", chute = "chute" }: Told): string {
  const event = (message: string) => ({
    trace: {
      timestamp: time ?? "2025-10-15T12:30:00.250000",
      invocation_id: parent ?? randomUUID(),
      child_id: child ?? randomUUID(),
      chute_id: chute,
      function: "embed",
      message: `${message} target=${randomUUID()} uid=7 hotkey=${hotkey} coldkey=5Cold`,
    },
  });
  return `data: ${JSON.stringify(event("attempting to query"))}\n\n`;
}

/** Sends a request to a gateway that answers with this text. */
async function answered(
  body: string,
  store = new MemorySynthetics(),
  { isTraced = true, id = "" }: { isTraced?: boolean; id?: string } = {},
) {
  const fetch = async () => {
    const headers = { "x-chutes-invocationid": id, "content-type": "application/json" };
    return new Response(body, { headers });
  };
  const options = { fetch, apiKey: "k", isTraced, limits: ANSWER_LIMITS, now: () => NOW_MS };
  const probed = await probeOnce(
    request,
    options,
    store,
    () => undefined,
    AbortSignal.timeout(999),
  );
  return { ...probed, store, kept: await store.pending(10) };
}

const keys = (probes: readonly Probe[]) => probes.map(probeKey);

describe("a gateway cannot make a request of ours slip through", () => {
  test("by giving it the id of one before: it is on record by itself, under an id no row has", async () => {
    const child = randomUUID();
    const { store } = await answered(trace({ child }));
    const { kept, faults } = await answered(trace({ child }), store);
    expect(kept).toHaveLength(2);
    expect(keys(kept)).toContain(child);
    expect(faults).toEqual(["id_reused"]);
  });

  test.each([["x".repeat(100_000)], ["\u0000"], ["not a uuid"], [""]])(
    "by an id that no export can hold",
    async (child) => {
      const { kept, faults } = await answered(trace({ child }));
      expect(faults).toEqual(["id_malformed"]);
      expect(keys(kept)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    },
  );

  test("by characters that no database takes", async () => {
    const { kept } = await answered(trace({ hotkey: "5\u0000", chute: "c".repeat(1_000) }));
    expect(kept).toMatchObject([{ minerHotkey: "", chuteId: "" }]);
  });

  test.each(["9999-12-31T23:59:59", "2025-10-22T12:30:00", "1970-01-01T00:00:00"])(
    "by a time at which nobody will look: %s",
    async (time) => {
      const { kept, faults } = await answered(trace({ time }));
      expect(faults).toEqual(["clock_off"]);
      expect(kept).toMatchObject([{ attemptedAt: NOW_MS * 1_000 }]);
    },
  );

  test("by saying nothing of its targets: it is then judged by the header alone", async () => {
    const id = randomUUID();
    const { kept, faults } = await answered('data: {"result":{"json":[1]}}\n\n', undefined, { id });
    expect(kept).toMatchObject([{ kind: "blind", parentInvocationId: id }]);
    expect(faults).toEqual(["targets_missing"]);
  });

  test("by the same header for two blind requests", async () => {
    const id = randomUUID();
    const { store } = await answered("[1]", undefined, { isTraced: false, id });
    const { kept, faults } = await answered("[1]", store, { isTraced: false, id });
    expect([kept.length, faults]).toEqual([2, ["id_reused"]]);
  });

  test("without being noticed, when it gives no id at all", async () => {
    const { kept, faults } = await answered("[1]", undefined, { isTraced: false });
    expect([kept, faults]).toEqual([[], ["id_missing"]]);
  });
});

test("an honest trace a second off our clock is kept as it is", async () => {
  const { kept, faults } = await answered(trace({ time: "2025-10-15T12:30:01.5" }));
  expect(faults).toEqual([]);
  expect(kept).toMatchObject([{ attemptedAt: NOW_MS * 1_000 + 1_500_000 }]);
});
