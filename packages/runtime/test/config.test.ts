import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { isCoded } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { configReference, hotkeySetting, loadConfig, Secret, secret } from "../src/index.ts";

const Config = z.strictObject({
  netuid: z.number().int().min(0).describe("subnet to serve").meta({ env: "NETUID" }),
  http: z
    .strictObject({
      port: z.number().int().default(8080).describe("port to listen on"),
      hosts: z.array(z.string()).default([]).describe("names it answers to"),
      trustProxy: z.boolean().default(false).describe("whether a proxy stands in front"),
    })
    .prefault({}),
  database: z
    .strictObject({
      url: secret().optional().describe("Postgres").meta({ env: "DATABASE_URL", secret: true }),
    })
    .prefault({}),
});

const directory = mkdtempSync(join(tmpdir(), "neurond-config-"));
const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const load = (environment: Record<string, string>, yaml?: string) =>
  loadConfig(Config, {
    prefix: "NEUROND_VALIDATOR",
    environment,
    file: yaml === undefined ? undefined : file("config.yaml", yaml),
  });
const problemsOf = (action: () => unknown): readonly string[] => {
  try {
    action();
  } catch (error) {
    if (isCoded(error, "CONFIG_INVALID")) return error.context["problems"] as string[];
    throw error;
  }
  throw new Error("the configuration was accepted");
};

describe("loadConfig", () => {
  it("tells of every problem, those of a parsed text among them", () => {
    const Neuron = z.object({ hotkey: hotkeySetting, port: z.int() });
    const yaml = file("neuron.yaml", "hotkey: 5Alice\nport: many\n");
    const problems = problemsOf(() =>
      loadConfig(Neuron, { prefix: "X", environment: {}, file: yaml }),
    );
    expect(problems).toEqual([expect.stringMatching(/^hotkey /), expect.stringMatching(/^port /)]);
  });

  it("takes defaults, then the file, then the environment", () => {
    const config = load(
      { NEUROND_VALIDATOR_HTTP_PORT: "9000", NEUROND_VALIDATOR_HTTP_HOSTS: "a, b" },
      "netuid: 3\nhttp:\n  port: 8000\n  trustProxy: true\n",
    );
    expect(config).toMatchObject({
      netuid: 3,
      http: { port: 9000, trustProxy: true, hosts: ["a", "b"] },
    });
    expect(load({ NETUID: "5" }).http.port).toBe(8080);
  });

  it("takes a section in which all is commented out for one that says nothing", () => {
    const { http, database } = load({ NETUID: "3" }, "http:\n  # port: 1\ndatabase:\n");
    expect(http.port).toBe(8080);
    expect(database).toEqual({});
  });

  it("names every problem at once, by path and variable", () => {
    const problems = problemsOf(() =>
      load({ NEUROND_VALIDATOR_HTTP_TRUST_PROXY: "maybe" }, "http:\n  port: http\nnetUid: 1\n"),
    );
    expect(problems.join("\n")).toMatch(/netuid \(NETUID\)/);
    expect(problems.join("\n")).toMatch(/http\.port \(NEUROND_VALIDATOR_HTTP_PORT\)/);
    expect(problems.join("\n")).toMatch(/http\.trustProxy/);
    expect(problems.join("\n")).toMatch(/netUid/);
  });

  it("reads a secret from the file that NAME_FILE names, and never prints it", () => {
    const path = file("secret", "postgres://user:hunter2@db/neurond\n");
    const { database } = load({ NETUID: "1", DATABASE_URL_FILE: path });
    expect(database.url).toBeInstanceOf(Secret);
    expect(database.url?.reveal()).toBe("postgres://user:hunter2@db/neurond");
    for (const text of [
      inspect(database, { depth: 5 }),
      JSON.stringify(database),
      `${database.url}`,
    ])
      expect(text).not.toContain("hunter2");
  });

  it("refuses a variable that is given both ways", () => {
    const path = file("secret", "x");
    expect(
      problemsOf(() => load({ NETUID: "1", DATABASE_URL: "y", DATABASE_URL_FILE: path })).join(),
    ).toMatch(/DATABASE_URL/);
  });

  it("says in which line a file is not YAML", () => {
    expect(() => load({}, "netuid: 1\nhttp: [\n")).toThrow(/config\.yaml:\d+: not valid YAML/);
  });

  it("says that a file is missing", () => {
    const source = { prefix: "X", environment: {}, file: join(directory, "absent.yaml") };
    expect(() => loadConfig(Config, source)).toThrow(/cannot read configuration/);
  });
});

describe("configReference", () => {
  it("lists every setting with its variable and default, and hides secrets", () => {
    const table = configReference(Config, "NEUROND_VALIDATOR");
    expect(table).toContain(
      "| `http.port` | `NEUROND_VALIDATOR_HTTP_PORT` | `8080` | port to listen on |",
    );
    expect(table).toContain("| `netuid` | `NETUID` |  | subnet to serve |");
    expect(table).toContain("| `database.url` | `DATABASE_URL` | (secret) | Postgres |");
  });
});
