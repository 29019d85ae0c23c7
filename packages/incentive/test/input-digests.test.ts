import {
  COMPUTE_UNIT_RULES,
  dayOf,
  inputDigests,
  NO_USAGE,
  paramsAt,
  type ScoringInputs,
} from "@neurond/incentive";
import { describe, expect, test } from "vitest";
import { instance, members, stretch } from "./world.ts";

const asOf = dayOf("2026-02-01");
const everybody = members(1, 2, 3);
const [a = "", b = ""] = everybody.map(({ hotkey }) => hotkey);
const inputs: ScoringInputs = {
  profile: "compute_units/1",
  asOf,
  rules: paramsAt(COMPUTE_UNIT_RULES, asOf),
  members: everybody,
  usage: new Map([
    [a, { ...NO_USAGE, rows: 1, units: 5n }],
    [b, NO_USAGE],
  ]),
  instances: [
    instance({ instanceId: "1", minerHotkey: a, createdAt: asOf - 1, computeMultiplier: 0.3 }),
    instance({ instanceId: "2", minerHotkey: b, createdAt: asOf - 2, deletionReason: "\ud800" }),
  ],
  history: [stretch("1", 1.5, 1, null), stretch("1", 0.1 + 0.2, 2, 3)],
  gpuCounts: new Map([
    ["X", 8],
    ["Y", 1],
  ]),
  blacklist: new Set(["y", "x"]),
};
const digests = inputDigests(inputs);

describe("digests of what scores are computed from", () => {
  test("do not depend on any order, nor on when a row was seen", () => {
    const other: ScoringInputs = {
      ...inputs,
      members: everybody.toReversed(),
      usage: new Map([...inputs.usage].reverse()),
      instances: inputs.instances.map((row) => ({ ...row, seenAt: 7, verifiedAt: 7 })).reverse(),
      history: inputs.history.map((row) => ({ ...row, seenAt: 7 })).reverse(),
      gpuCounts: new Map([...inputs.gpuCounts].reverse()),
      blacklist: new Set(["x", "y"]),
    };
    expect(inputDigests(other)).toEqual(digests);
  });

  test.each<[string, Partial<ScoringInputs>]>([
    ["rules", { rules: { defaultMultiplier: 2 } }],
    ["members", { members: members(1, 1, 3) }],
    [
      "usage",
      {
        usage: new Map([
          [a, { ...NO_USAGE, rows: 1, units: 6n }],
          [b, NO_USAGE],
        ]),
      },
    ],
    ["instances", { instances: inputs.instances.map((row) => ({ ...row, bounty: true })) }],
    ["history", { history: [stretch("1", 1.5, 1, null)] }],
    ["gpuCounts", { gpuCounts: new Map([["X", 8]]) }],
    ["blacklist", { blacklist: new Set() }],
  ])("change with their table, and the root with them: %s", (table, change) => {
    const changed = inputDigests({ ...inputs, ...change });
    const differing = Object.entries(changed.tables)
      .filter(([name, digest]) => digests.tables[name as keyof typeof digests.tables] !== digest)
      .map(([name]) => name);
    expect(differing).toEqual([table]);
    expect(changed.root).not.toBe(digests.root);
  });

  test("have another root at another moment and under another rule", () => {
    const roots = [
      digests.root,
      inputDigests({ ...inputs, asOf: asOf + 1 }).root,
      inputDigests({ ...inputs, profile: "features/1" }).root,
    ];
    expect(new Set(roots).size).toBe(3);
  });
});
