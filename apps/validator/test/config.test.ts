import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configReference, loadConfig } from "@neurond/runtime";
import { optionShape, VALIDATOR_OPTIONS } from "@neurond/storage-rules";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { Config, PREFIX } from "../src/config.ts";
import { rulesOf } from "../src/rules.ts";

const OWN = optionShape(VALIDATOR_OPTIONS);
const SHIPPED = new URL("../../../config/validator.yaml", import.meta.url);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-config-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const load = (file: string) => loadConfig(Config, { prefix: PREFIX, environment: {}, file });

/** Paths of all settings, as the schema has them. */
function leaves(schema: z.ZodObject): readonly string[] {
  return configReference(schema, PREFIX)
    .split("\n")
    .slice(2)
    .map((row) => /`([^`]+)`/.exec(row)?.[1] ?? "");
}

describe("the shipped configuration", () => {
  const text = readFileSync(SHIPPED, "utf8");

  test("is valid and changes nothing but what nobody can know", () => {
    const shipped = load(join(SHIPPED.pathname));
    expect(shipped).toEqual({
      ...Config.parse({ netuid: 1 }),
      chain: { network: "finney" },
    });
  });

  test("shows every setting there is, with its default", () => {
    // Uncommenting what is commented out gives a file with everything in it.
    const whole = text.replaceAll(/^(\s*)# ([a-z][A-Za-z]*: ?\S.*)$/gm, "$1$2");
    const file = join(directory, "whole.yaml");
    writeFileSync(file, whole);
    const parsed = load(file);
    const paths = (value: unknown, path = ""): readonly string[] =>
      typeof value === "object" && value !== null && !Array.isArray(value) && !("reveal" in value)
        ? Object.entries(value).flatMap(([key, item]) => paths(item, path ? `${path}.${key}` : key))
        : [path];
    // Options of a storage subnet are shown where their effects are: in docs/storage-options.md.
    const isOwn = (path: string) => !Object.hasOwn(OWN, path);
    const [shown, all] = [paths(parsed), leaves(Config)].map((names) => names.filter(isOwn).sort());
    expect(shown).toEqual(all);
  });

  test("describes every setting in words", () => {
    for (const row of configReference(Config, PREFIX).split("\n").slice(2)) {
      expect(row.split("|").at(-2)?.trim()).not.toBe("");
    }
  });
});

describe("a plan of runs that cannot work is refused", () => {
  const run = (change: object) => Config.parse({ netuid: 1, run: change }).run;

  test.each([
    { beaconLag: 360 },
    { beaconLag: 101 },
    { commitWindow: 200 },
    { blocks: 90, beaconLag: 10, commitWindow: 100 },
  ])("%o", (change) => {
    expect(() => rulesOf(run(change), [])).toThrow(/beaconLag/);
  });

  test("and the default is not", () => {
    expect(rulesOf(run({}), []).plan.blocks).toBe(360);
  });
});
