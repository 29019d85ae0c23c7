import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@neurond/runtime";
import { MINER_OPTIONS, optionShape } from "@neurond/storage-rules";
import { settingPaths } from "@neurond/testing/settings";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { Config, PREFIX } from "../src/index.ts";

const OWN = optionShape(MINER_OPTIONS);
const FILE = fileURLToPath(new URL("../../../config/miner.yaml", import.meta.url));
const NETUID = { NETUID: "7" };

describe("config/miner.yaml", () => {
  it("says what the defaults are", () => {
    const source = { prefix: PREFIX, environment: NETUID };
    expect(loadConfig(Config, { ...source, file: FILE })).toEqual(loadConfig(Config, source));
  });

  it("names every setting, those without a default as comments, and no other", async () => {
    const text = await readFile(FILE, "utf8");
    const whole = parse(text.replace(/^( *)# (\w+: \S+)$/gm, "$1$2"));
    const schema = z.toJSONSchema(Config, { io: "input", unrepresentable: "any" });
    // Options of a storage subnet are shown where their effects are: in docs/storage-options.md.
    const own = settingPaths(schema, true).filter((path) => !Object.hasOwn(OWN, path));
    expect(settingPaths(whole, false).sort()).toEqual(own.sort());
    expect(Config.safeParse(whole).success).toBe(true);
  });
});

describe("a miner's settings", () => {
  it("are refused with every problem and its variable, and unknown keys are one", () => {
    const environment = { NETUID: "x", NEUROND_MINER_ACCESS_ALLOW: "5Notakey", PORT: "1" };
    const load = () => loadConfig(Config, { prefix: PREFIX, environment });
    expect(load).toThrow("NETUID");
    expect(load).toThrow("NEUROND_MINER_ACCESS_ALLOW");
    expect(Config.safeParse({ netuid: 1, storag: {} }).success).toBe(false);
  });

  it("take lists from variables", () => {
    const key = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const environment = { ...NETUID, NEUROND_MINER_ACCESS_DENY: `${key}, ${key}` };
    expect(loadConfig(Config, { prefix: PREFIX, environment }).access.deny).toEqual([key, key]);
  });
});
