import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configReference, loadConfig, Secret } from "@neurond/runtime";
import { PREFIX as VALIDATOR, Config as ValidatorConfig } from "@neurond/validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Config, PREFIX } from "../src/config.ts";
import { adaptConfig, adaptEnvironment } from "../src/exports/adapt-config.ts";

const SHIPPED = fileURLToPath(new URL("../../../config/auditor.yaml", import.meta.url));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-config-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A list is one setting; so is a secret. */
const isLeaf = (value: object) => Array.isArray(value) || value instanceof Secret;
const load = (file: string) => loadConfig(Config, { prefix: PREFIX, environment: {}, file });

test("the shipped configuration changes nothing but what nobody can know", () => {
  const defaults = { ...Config.parse({ netuid: 1 }), chain: { network: "finney" } };
  expect(load(SHIPPED)).toEqual(defaults);
});

test("the shipped configuration shows every setting with its default", () => {
  const text = readFileSync(SHIPPED, "utf8");
  const file = join(directory, "whole.yaml");
  writeFileSync(file, text.replaceAll(/^(\s*)# ([a-z][A-Za-z0-9_]*: ?\S.*)$/gm, "$1$2"));
  const leaves = configReference(Config, PREFIX)
    .split("\n")
    .slice(2)
    .map((row) => /`([^`]+)`/.exec(row)?.[1] ?? "");
  const paths = (value: unknown, path = ""): readonly string[] =>
    typeof value === "object" && value !== null && !isLeaf(value)
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

test("a configuration of the older auditor is taken as it is", () => {
  const file = join(directory, "config.yml");
  writeFileSync(
    file,
    `
synthetics: { enabled: true, api_key: cpk_x, text: { enabled: true, render: true } }
validators:
  - { name: chutes, hotkey: 5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ, url: "https://api.chutes.ai" }
subtensor: wss://entrypoint-finney.opentensor.ai
set_weights: { enabled: false, ss58_address: 5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ }
surprise: 1
`,
  );
  const unknown: string[] = [];
  const config = loadConfig(Config, {
    prefix: PREFIX,
    environment: adaptEnvironment({ POSTGRES_PASSWORD: "p w", SKIP_MINER_AUDITS: "false" }),
    file,
    adapt: adaptConfig,
    onUnknown: ({ path }) => unknown.push(path),
  });
  expect(unknown).toContain("surprise");
  expect(config).toMatchObject({
    netuid: 64,
    chain: { endpoint: "wss://entrypoint-finney.opentensor.ai" },
    validators: [{ name: "chutes", url: "https://api.chutes.ai" }],
    audit: { runs: false },
    exports: { skipMinerAudits: false, minerAgreement: false },
  });
  expect(config.database.url?.reveal()).toBe("postgres://user:p%20w@postgres:5432/chutes_audit");
});

test.each([
  [{ POSTGRESQL: "postgres://a/b", POSTGRES_HOST: "c" }, "postgres://a/b"],
  [{ DATABASE_URL: "postgres://d/e", POSTGRESQL: "postgres://a/b" }, "postgres://d/e"],
  [
    { POSTGRES_HOST: "h", POSTGRES_PORT: "1", POSTGRES_USER: "u", PGPASSWD: "p", POSTGRES_DB: "n" },
    "postgres://u:p@h:1/n",
  ],
  [{ HOME: "/root" }, undefined],
])("variables %j name the database", (environment, url) => {
  expect(adaptEnvironment(environment)["DATABASE_URL"]).toBe(url);
});

test("an address that is none hides no other problem of a configuration", () => {
  const file = join(directory, "wrong.yaml");
  writeFileSync(file, "netuid: 1\nset_weights:\n  ss58_address: nobody\n  every_blocks: 0\n");
  expect(() => load(file)).toThrow(/set_weights\.ss58_address[\s\S]*set_weights\.every_blocks/);
});
