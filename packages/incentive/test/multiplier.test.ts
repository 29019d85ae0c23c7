import {
  dayOf,
  expectedMultiplier,
  MULTIPLIER_RULES,
  type MultiplierInputs,
  paramsAt,
} from "@neurond/incentive";
import { expect, test } from "vitest";
import { at, HOUR } from "./world.ts";

const now = at("2026-02-01T12:00:00");
const plain: MultiplierInputs = {
  cheapestRate: 0.5,
  highestRate: 2,
  gpuCount: 4,
  placement: "public",
  isTee: false,
  urgencyBoost: 1,
  manualBoost: 1,
  bounty: null,
};
const today = paramsAt(MULTIPLIER_RULES, now);
const bounty = (ageHours: number, sinceHours: number) => ({
  age: ageHours * HOUR,
  claimedAt: now - sinceHours * HOUR,
});

test.each<[string, Partial<MultiplierInputs>, number]>([
  ["a public chute", {}, 1],
  ["a private one", { placement: "private" }, 2],
  ["an integrated subnet's", { placement: "integrated" }, 3],
  ["a private one in a TEE", { placement: "private_tee", isTee: true }, 1.3 * 2.25],
  ["boosts, the larger one cut off", { urgencyBoost: 2, manualBoost: 50 }, 40],
  ["boosts of nothing", { urgencyBoost: 0, manualBoost: -3 }, 1],
  ["a fresh bounty just claimed", { bounty: bounty(0, 0) }, 1.1],
  ["a bounty of an hour and a half", { bounty: bounty(1.5, 0) }, 1.3],
  ["a bounty of a day", { bounty: bounty(24, 0) }, 1.5],
  ["a ripe bounty claimed four hours ago", { bounty: bounty(3, 4) }, 1.25],
  ["a ripe bounty claimed a day ago", { bounty: bounty(3, 24) }, 1],
])("%s", (_, change, multiplier) => {
  expect(expectedMultiplier({ ...plain, ...change }, now, today)).toBeCloseTo(multiplier, 12);
});

test("the same instance was worth more in autumn", () => {
  const then = paramsAt(MULTIPLIER_RULES, dayOf("2025-10-01"));
  const inputs: MultiplierInputs = { ...plain, placement: "private", bounty: bounty(3, 0) };
  expect(expectedMultiplier(inputs, now, then)).toBeCloseTo(64, 12);
  expect(expectedMultiplier(inputs, now, today)).toBeCloseTo(3, 12);
});
