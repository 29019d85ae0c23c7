import {
  breadthOf,
  chuteHours,
  type InstanceRow,
  isEligible,
  latestInstances,
  mergeInstances,
  paidSpan,
  weekBefore,
} from "@neurond/incentive";
import { describe, expect, test } from "vitest";
import { at, DAY, HOUR, instance, SECOND } from "./world.ts";

const asOf = at("2025-11-20T07:30:00");
const week = weekBefore(asOf);
const one = (change: Partial<InstanceRow>) =>
  instance({ instanceId: "n", minerHotkey: "h", createdAt: asOf - 30 * DAY, ...change });
const lived = (start: string, end: string | null, change: Partial<InstanceRow> = {}) =>
  one({ activatedAt: at(start), deletedAt: end === null ? null : at(end), ...change });

describe("hours in which a chute ran", () => {
  const hours = (...instances: readonly InstanceRow[]) =>
    chuteHours(instances, new Map([["chute", 4]]), week).get("h");

  test("are 169 in a week, both of its ends included", () => {
    expect(hours(one({}))).toEqual({ gpuHours: 4 * 169, activeHours: 169, hours: 169 });
  });

  test.each<[string, InstanceRow, number]>([
    ["an hour and more, ends included", lived("2025-11-19T01:00:00", "2025-11-19T03:00:00"), 3],
    ["exactly an hour", lived("2025-11-19T01:30:00", "2025-11-19T02:30:00"), 1],
    ["less than an hour", lived("2025-11-19T01:30:00", "2025-11-19T02:29:59"), 0],
    [
      "less than an hour, but paid for",
      lived("2025-11-19T01:30:00", "2025-11-19T02:29:59", { billedTo: "u" }),
      1,
    ],
    ["alive, once it has been for an hour", lived("2025-11-20T04:30:00", null), 2],
    ["alive and paid for, at once", lived("2025-11-20T04:30:00", null, { billedTo: "u" }), 3],
    ["never activated", one({ activatedAt: null }), 0],
    ["gone before the week", lived("2025-11-12T01:00:00", "2025-11-13T06:59:59"), 0],
    ["gone as it begins", lived("2025-11-12T01:00:00", "2025-11-13T07:00:00"), 1],
  ])("of an instance %s", (_, row, count) => {
    expect(hours(row)?.activeHours ?? 0).toBe(count);
  });

  test("count a chute once, however many instances of it run", () => {
    const two = [lived("2025-11-19T01:00:00", "2025-11-19T04:00:00")];
    const overlapping = lived("2025-11-19T03:00:00", "2025-11-19T05:00:00");
    const other = lived("2025-11-19T05:00:00", "2025-11-19T06:00:00", { chuteId: "unknown" });
    expect(hours(...two, overlapping, other)).toEqual({ gpuHours: 22, activeHours: 6, hours: 169 });
  });

  test("become one integer by either rule", () => {
    const counted = { gpuHours: 15, activeHours: 6, hours: 10 };
    const by = (idleHours: "skipped" | "zero", rounding: "down" | "half_up") =>
      breadthOf(counted, { idleHours, rounding });
    expect([by("skipped", "down"), by("skipped", "half_up")]).toEqual([2, 3]);
    expect([by("zero", "down"), by("zero", "half_up")]).toEqual([1, 2]);
    const rules = { idleHours: "skipped", rounding: "down" } as const;
    expect(breadthOf(undefined, rules)).toBe(0);
    expect(breadthOf({ gpuHours: 0, activeHours: 0, hours: 169 }, rules)).toBe(0);
  });
});

test.each<[string, Partial<InstanceRow>, boolean]>([
  ["alive", {}, true],
  ["alive and private", { billedTo: "u" }, true],
  ["never activated", { activatedAt: null }, false],
  ["public, an hour old", { deletedAt: asOf, activatedAt: asOf - HOUR }, true],
  ["public, a second less", { deletedAt: asOf, activatedAt: asOf - HOUR + SECOND }, false],
  ["private, deleted without a reason", { deletedAt: asOf, billedTo: "u" }, false],
  [
    "private, ended by its payer",
    {
      deletedAt: asOf,
      billedTo: "u",
      deletionReason: "job has been terminated due to insufficient user balance",
    },
    true,
  ],
  [
    "of an old version",
    { deletedAt: asOf, activatedAt: asOf, deletionReason: "x has an old version 3" },
    true,
  ],
  ["ended by the platform", { deletedAt: asOf, activatedAt: asOf, validTermination: true }, true],
  [
    "ended for nearly such a reason",
    { deletedAt: asOf, activatedAt: asOf, deletionReason: "user has zero balance" },
    false,
  ],
])("an instance that is %s: %#", (_, change, counts) => {
  expect(isEligible(one(change))).toBe(counts);
});

test("time is paid from the later start to the earliest end", () => {
  const day = (n: number) => asOf - n * DAY;
  const paid = (change: Partial<InstanceRow>, start: number) => paidSpan(one(change), start, week);
  expect(paid({}, day(9))).toEqual({ start: day(7), end: asOf });
  expect(paid({ deletedAt: day(2), stopBillingAt: day(3) }, day(5))).toEqual({
    start: day(5),
    end: day(3),
  });
  expect(paid({ stopBillingAt: asOf + DAY }, day(1))).toEqual({ start: day(1), end: asOf });
  expect(paid({ deletedAt: day(8) }, day(9))).toBeNull();
  expect(paid({ stopBillingAt: day(8) }, day(9))).toBeNull();
  expect(paid({ deletedAt: day(2) }, day(2))).toBeNull();
});

describe("of several reports on an instance", () => {
  const first = one({ seenAt: 1, activatedAt: null, deletedAt: null, billedTo: "u" });
  const second = one({ seenAt: 2, activatedAt: 50, deletedAt: 90, stopBillingAt: 70 });
  const third = one({ seenAt: 3, activatedAt: 40, deletedAt: 80, computeMultiplier: 7 });

  test("the latest is the state, also where an older one says it was deleted later", () => {
    expect(latestInstances([second, third, first])).toEqual([third]);
  });

  test("a merge takes the first activation, the last deletion, any payer and the rest of the latest", () => {
    expect(mergeInstances([second, third, first])).toEqual([
      { ...third, activatedAt: 40, deletedAt: 90, stopBillingAt: 70, billedTo: "u" },
    ]);
  });
});
