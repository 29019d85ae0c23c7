import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configReference, loadConfig } from "@neurond/runtime";
import { PREFIX as VALIDATOR, Config as ValidatorConfig } from "@neurond/validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Config, PREFIX } from "../src/config.ts";

const SHIPPED = fileURLToPath(new URL("../../../config/auditor.yaml", import.meta.url));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-config-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const load = (file: string) => loadConfig(Config, { prefix: PREFIX, environment: {}, file });

test("the shipped configuration changes nothing but what nobody can know", () => {
  const defaults = { ...Config.parse({ netuid: 1 }), chain: { network: "finney" } };
  expect(load(SHIPPED)).toEqual(defaults);
});

test("the shipped configuration shows every setting with its default", () => {
  const text = readFileSync(SHIPPED, "utf8");
  const file = join(directory, "whole.yaml");
  writeFileSync(file, text.replaceAll(/^(\s*)# ([a-z][A-Za-z]*: ?\S.*)$/gm, "$1$2"));
  const leaves = configReference(Config, PREFIX)
    .split("\n")
    .slice(2)
    .map((row) => /`([^`]+)`/.exec(row)?.[1] ?? "");
  const paths = (value: unknown, path = ""): readonly string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, item]) => paths(item, path ? `${path}.${key}` : key))
      : [path];
  const whole = load(file);
  expect([...paths(whole)].sort()).toEqual([...leaves].sort());
  const { run, audit, fetch } = Config.parse({ netuid: 1 });
  expect({ run: whole.run, audit: whole.audit, fetch: whole.fetch }).toEqual({ run, audit, fetch });
});

test("auditors read the same run section as validators", () => {
  const settings = (schema: typeof Config | typeof ValidatorConfig, prefix: string) =>
    configReference(schema, prefix)
      .split("\n")
      .flatMap((row) => /`(run\.[^`]+)`/.exec(row)?.[1] ?? [])
      .sort();
  expect(settings(Config, PREFIX)).toEqual(settings(ValidatorConfig, VALIDATOR));
  expect(Config.parse({ netuid: 1 }).run).toEqual(ValidatorConfig.parse({ netuid: 1 }).run);
});
