import type { InvocationRow, ReportRow } from "@neurond/exports";
import { newestInvocations, picoOf, usageOf } from "@neurond/incentive";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  auditedCounts,
  dropEndedBefore,
  dropEntry,
  HOUR_US,
  loadEntry,
  recountUsage,
  type Usage,
  usage,
} from "../src/index.ts";
import { attempt, emptyWarehouse, entryOf, hourOf, START, uuid } from "./fixture.ts";

const inHour = (hour: number, said: Partial<InvocationRow> = {}) => ({
  started_at: START + hour * HOUR_US + 1_000_000,
  completed_at: START + hour * HOUR_US + 3_000_000,
  ...said,
});
const report = (number: number, confirmed: number | null): ReportRow => ({
  invocation_id: uuid(number, 1),
  user_id: null,
  timestamp: START,
  confirmed_at: confirmed,
  confirmed_by: null,
  reason: "bad, very",
});

test("an attempt in the exports of two hours counts once, as the newer states it", async () => {
  const warehouse = await emptyWarehouse();
  const open = attempt(1, { completed_at: null });
  const ended = attempt(1, { completed_at: START + HOUR_US + 2_000_000 });
  await loadEntry(warehouse, hourOf(1, [ended]));
  await loadEntry(warehouse, hourOf(0, [open]));
  const [sum] = await usage(warehouse);
  expect(sum).toMatchObject({ rows: 1, invocations: 1, units: 2n * 3_601n * 10n ** 18n });
  const [before] = await usage(warehouse, { asOf: START + HOUR_US });
  expect(before).toMatchObject({ rows: 1, invocations: 0, units: 0n });
});

test("a report that is confirmed hours later takes the request off, but not from a miner's own count", async () => {
  const warehouse = await emptyWarehouse();
  await loadEntry(warehouse, hourOf(0, [attempt(1), attempt(2)], [report(1, null)]));
  expect(await usage(warehouse)).toMatchObject([{ rows: 2, invocations: 2, answered: 2 }]);
  await loadEntry(warehouse, hourOf(5, [], [report(1, START + 4 * HOUR_US)]));
  expect(await usage(warehouse)).toMatchObject([{ rows: 1, invocations: 1, answered: 2 }]);
  expect(await usage(warehouse, { asOf: START + HOUR_US })).toMatchObject([{ rows: 2 }]);
  await dropEntry(warehouse, entryOf(5).entryId);
  expect(await usage(warehouse)).toMatchObject([{ rows: 2, answered: 2 }]);
});

test("attempts before the window do not count, nor do entries after its end", async () => {
  const warehouse = await emptyWarehouse();
  for (const hour of [0, 1, 168]) {
    await loadEntry(warehouse, hourOf(hour, [attempt(hour, inHour(hour))]));
  }
  expect(await usage(warehouse)).toMatchObject([{ rows: 2 }]);
  expect(await usage(warehouse, { asOf: START + 2 * HOUR_US })).toMatchObject([{ rows: 2 }]);
  expect(await dropEndedBefore(warehouse, START + 3 * HOUR_US)).toBe(2);
  expect(await usage(warehouse)).toMatchObject([{ rows: 1 }]);
});

test("an end that is no whole hour is refused, as is a window over nothing", async () => {
  const warehouse = await emptyWarehouse();
  await expect(usage(warehouse)).rejects.toMatchObject({ code: "WINDOW_INVALID" });
  await expect(usage(warehouse, { asOf: START + 1 })).rejects.toMatchObject({
    code: "WINDOW_INVALID",
  });
});

test("hostile numbers end no sum", async () => {
  const warehouse = await emptyWarehouse();
  const rows = [
    attempt(1, { compute_multiplier: 1e300, metrics: { nc: 1e300 } }),
    attempt(2, { compute_multiplier: Number.NaN }),
    attempt(3, { compute_multiplier: 1e15, metrics: { nc: 1 } }),
    attempt(4, { bounty: Number.MAX_SAFE_INTEGER, compute_multiplier: null }),
  ];
  await loadEntry(warehouse, hourOf(0, rows));
  const demandUnits = picoOf(1e15) * 10n ** 6n;
  const units = demandUnits + BigInt(Number.MAX_SAFE_INTEGER) * 10n ** 18n;
  expect(await usage(warehouse)).toMatchObject([{ rows: 4, units, demandUnits }]);
});

const METRICS = fc.option(
  fc.record(
    {
      nc: fc.double({ min: -1, max: 1e4, noNaN: true }),
      it: fc.integer({ min: 0, max: 5_000 }),
      ot: fc.integer({ min: 0, max: 5_000 }),
      maspt: fc.double({ min: 0, max: 1, noNaN: true }),
      steps: fc.integer({ min: 0, max: 50 }),
      masps: fc.double({ min: 0, max: 1, noNaN: true }),
      p: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
);
const ATTEMPT = fc
  .record({
    number: fc.integer({ min: 1, max: 8 }),
    chute: fc.integer({ min: 1, max: 2 }),
    hotkey: fc.constantFrom("a", "b", "c'"),
    uid: fc.constantFrom(-1, 0, 7),
    hour: fc.integer({ min: -1, max: 3 }),
    seconds: fc.option(fc.integer({ min: -1, max: 5_000 })),
    error: fc.constantFrom(null, null, "RATE_LIMIT"),
    multiplier: fc.double({ min: 0, max: 60, noNaN: true }),
    bounty: fc.constantFrom(0, 0, 100),
    metrics: METRICS,
  })
  .map((made) => {
    const started_at = START + made.hour * HOUR_US + 7;
    return attempt(made.number, {
      parent_invocation_id: uuid(Math.ceil(made.number / 2), 1),
      chute_id: made.chute === 1 ? uuid(1, 3) : "561e4875-254d-588f-a36f-57c9cdef8961",
      miner_hotkey: made.hotkey,
      miner_uid: made.uid,
      started_at,
      completed_at: made.seconds === null ? null : started_at + made.seconds * 1_000_001,
      error_message: made.error,
      compute_multiplier: made.multiplier,
      bounty: made.bounty,
      metrics: made.metrics as InvocationRow["metrics"],
    });
  });
const HOURS = fc.array(
  fc.record({
    // Two versions within one entry are a tie that only this package breaks.
    rows: fc.uniqueArray(ATTEMPT, { maxLength: 6, selector: (row) => row.invocation_id }),
    confirmed: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 4 },
);

test("any order of arrival gives the figures of a count from nothing, and of the scoring's own", async () => {
  const warehouse = await emptyWarehouse({ threads: 1 });
  await fc.assert(
    fc.asyncProperty(HOURS, fc.infiniteStream(fc.nat()), async (hours, picks) => {
      await dropEndedBefore(warehouse, Date.UTC(2100) * 1_000);
      const next = () => picks.next().value as number;
      const waiting = hours.map((hour, at) =>
        hourOf(
          at,
          hour.rows,
          hour.confirmed.map(([n, is]) => report(n, is ? START : null)),
        ),
      );
      while (waiting.length > 0) {
        const [content] = waiting.splice(next() % waiting.length, 1);
        if (content === undefined) break;
        await loadEntry(warehouse, content);
        if (next() % 2 === 0) await usage(warehouse);
        if (next() % 4 === 0) {
          await dropEntry(warehouse, content.entry.entryId);
          waiting.push(content);
        }
      }
      const kept = await usage(warehouse, { hours: 3 });
      const counted = await recountUsage(warehouse, { hours: 3 });
      expect(counted.map(({ unitsDouble, demandUnitsDouble, ...rest }) => rest)).toEqual(kept);
      for (const { units, unitsDouble } of counted) {
        expect(Number(units) / 1e18).toBeCloseTo(unitsDouble, 6);
      }
      expect(byHotkey(kept)).toEqual(expectedUsage(hours));
      const answered = await auditedCounts(warehouse, { hours: 3 });
      expect(answered.reduce((sum, { count }) => sum + count, 0)).toBe(
        kept.reduce((sum, row) => sum + row.answered, 0),
      );
    }),
    { numRuns: 25 },
  );
}, 60_000);

test("two versions within one entry leave the figures to what they say, not to their order", async () => {
  const warehouse = await emptyWarehouse({ threads: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(ATTEMPT, { minLength: 2, maxLength: 8 }), async (rows) => {
      const figures = [];
      for (const order of [rows, rows.toReversed()]) {
        await dropEndedBefore(warehouse, Date.UTC(2100) * 1_000);
        await loadEntry(warehouse, hourOf(2, order));
        figures.push(await usage(warehouse));
        const counted = await recountUsage(warehouse);
        figures.push(counted.map(({ unitsDouble, demandUnitsDouble, ...rest }) => rest));
      }
      for (const figure of figures) expect(figure).toEqual(figures[0]);
    }),
    { numRuns: 10 },
  );
}, 30_000);

type Hours = typeof HOURS extends fc.Arbitrary<infer T> ? T : never;

/** The same by the definition that scores are made with. */
function expectedUsage(hours: Hours) {
  const rows = hours.flatMap((hour, at) =>
    hour.rows.map((row) => ({
      parentInvocationId: row.parent_invocation_id,
      invocationId: row.invocation_id,
      chuteId: row.chute_id,
      functionName: row.function_name ?? "",
      instanceId: row.instance_id,
      minerUid: row.miner_uid,
      minerHotkey: row.miner_hotkey,
      startedAt: row.started_at,
      completedAt: row.completed_at,
      errorMessage: row.error_message,
      computeMultiplier: row.compute_multiplier ?? 0,
      bounty: row.bounty,
      metrics: row.metrics,
      seenAt: entryOf(at).endTime,
    })),
  );
  const reports = hours.flatMap(({ confirmed }) =>
    confirmed.map(([number, is]) => ({
      parentInvocationId: uuid(number, 1),
      confirmedAt: is ? START : null,
    })),
  );
  const end = START + hours.length * HOUR_US;
  const sums = usageOf(newestInvocations(rows), reports, { start: end - 3 * HOUR_US, end });
  return new Map([...sums].filter(([, sum]) => sum.rows > 0 || sum.answered > 0));
}

function byHotkey(rows: readonly Usage[]) {
  return new Map(rows.map(({ minerHotkey, ...sum }) => [minerHotkey, sum]));
}
