import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@neurond/runtime";
import { settingPaths } from "@neurond/testing/settings";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { addressKey } from "../src/gateway/address-key.ts";
import { Config, PREFIX, secretBox } from "../src/index.ts";

const FILE = fileURLToPath(new URL("../../../config/storage-api.yaml", import.meta.url));
const NETUID = { NETUID: "21" };

describe("config/storage-api.yaml", () => {
  it("says what the defaults are", () => {
    const source = { prefix: PREFIX, environment: NETUID };
    expect(loadConfig(Config, { ...source, file: FILE })).toEqual(loadConfig(Config, source));
  });

  it("names every setting, those without a default as comments, and no other", async () => {
    const text = await readFile(FILE, "utf8");
    const whole = parse(text.replace(/^( *)# (\w+: \S+)$/gm, "$1$2"));
    const schema = z.toJSONSchema(Config, { io: "input", unrepresentable: "any" });
    expect(settingPaths(whole, false).sort()).toEqual(settingPaths(schema, true).sort());
    expect(Config.safeParse(whole).success).toBe(true);
  });
});

it("a secret opens with the key and the owner it was boxed for, and with nothing else", () => {
  const box = secretBox(Buffer.alloc(64, 1));
  const sealed = box.seal("secret", "NK1 alice");
  expect(box.open(sealed, "NK1 alice")).toBe("secret");
  expect(Buffer.from(sealed).includes("secret")).toBe(false);
  expect(Buffer.from(box.seal("secret", "NK1 alice")).equals(sealed)).toBe(false);
  expect(() => box.open(sealed, "NK1 bob")).toThrow("cannot be opened");
  expect(() => secretBox(Buffer.alloc(64, 2)).open(sealed, "NK1 alice")).toThrow(
    "cannot be opened",
  );
  for (const at of [0, 12, sealed.length - 1]) {
    const altered = Uint8Array.from(sealed);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(() => box.open(altered, "NK1 alice")).toThrow("cannot be opened");
  }
  expect(() => box.open(sealed.subarray(0, 20), "NK1 alice")).toThrow("cannot be opened");
});

it("an address counts by what one customer gets", () => {
  expect(addressKey("203.0.113.7")).toBe("203.0.113.7");
  expect(addressKey("::ffff:203.0.113.7")).toBe("203.0.113.7");
  expect(addressKey("2001:db8:1:2::5")).toBe("2001:db8:1:2");
  expect(addressKey("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
  expect(addressKey("2001:db8::5")).toBe("2001:db8:0:0");
  expect(addressKey("::1")).toBe("0:0:0:0");
  expect(addressKey(undefined)).toBe("unknown");
});
