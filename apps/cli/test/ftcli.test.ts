import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { normaliseArguments } from "../src/argv.ts";
import { readRedis } from "../src/commands/miner/redis-statistics.ts";
import { parseSharingAddress } from "../src/commands/store/address.ts";
import { TransferLine } from "../src/commands/store/store-options.ts";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

describe("what stands behind a daemon's name is the daemon's", () => {
  test.each([
    [["run", "miner", "--blacklist.force_validator_permit", "--json"]],
    [["n", "validator", "config.yaml", "--neuron.epoch_length", "3"]],
    [["run", "api", "--wallet", "x"]],
  ])("%j", (line) => {
    const [command = "", daemon = "", ...rest] = line;
    expect(normaliseArguments(line)).toEqual([command, daemon, "--", ...rest]);
  });

  test.each([[["run"]], [["run", "miner"]], [["run", "miner", "--help"]], [["run", "--json"]]])(
    "%j is ours",
    (line) => expect(normaliseArguments(line)).toEqual(line),
  );
});

describe("a person", () => {
  const store = async (input: string, ...more: readonly string[]) =>
    run(["s", "put", ...more], {
      input,
      terminal: true,
      env: { HOME: await temporaryDirectory() },
    });

  test("is asked for what is missing", async () => {
    const { exitCode, stderr } = await store("/no/such/file\n");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("file to store: ");
    expect(stderr).toMatch(/INPUT_INVALID: \/no\/such\/file/);
  });

  test("is not asked who does not want to be", async () => {
    const { exitCode, stderr } = await store("/no/such/file\n", "--no_prompt");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/USAGE: give --filepath/);
  });

  test("sees how far a transfer is, how fast, and how long it will take", () => {
    const line = new TransferLine("storing report.pdf");
    line.onProgress({ bytes: 5e6, totalBytes: 20e6, bytesPerSecond: 1e6, etaSeconds: 15 });
    expect(line.label()).toBe(
      "storing report.pdf [#####---------------] 25 %, 5.0 of 20.0 MB, 1.0 MB/s, 15 s left",
    );
  });
});

test("a grantee's address is a hotkey and a key, and nothing else", () => {
  const hotkey = hotkeyOf(keypairFromUri("//Bob").publicKey);
  const publicKey = `0x${"ab".repeat(32)}`;
  expect(parseSharingAddress(` ${hotkey}/${publicKey}\n`)).toEqual({ hotkey, publicKey });
  for (const wrong of [
    "",
    hotkey,
    publicKey,
    `${hotkey}/0xab`,
    `${hotkey}/${publicKey}/x`,
    `5x/${publicKey}`,
  ]) {
    expect(() => parseSharingAddress(wrong)).toThrow(/store address/);
  }
});

test("statistics of an upstream validator are read from its database, and nothing else is", async () => {
  const hotkey = hotkeyOf(keypairFromUri("//Miner").publicKey);
  const stats = {
    ...{ store_attempts: "5", store_successes: "4", challenge_attempts: "3" },
    ...{ challenge_successes: "3", retrieval_attempts: "2", retrieval_successes: "1" },
    ...{ tier: "Gold", storage_limit: "100" },
  };
  const database: Record<string, Record<string, string>> = {
    [`stats:${hotkey}`]: stats,
    [`hotkey:${hotkey}`]: { "1": '{"size": 133}', "ttl:1": '{"size": 9}', "2": "torn" },
    "stats:nobody": stats,
    [`stats:${hotkeyOf(keypairFromUri("//Bad").publicKey)}`]: { store_attempts: "-1" },
  };
  const redis = {
    scan: async (): Promise<[string, string[]]> => ["0", Object.keys(database)],
    hgetall: async (key: string) => database[key] ?? {},
  };
  const miners = await readRedis(redis, AbortSignal.timeout(1_000));
  expect([...miners.keys()]).toEqual([hotkey]);
  expect(miners.get(hotkey)).toMatchObject({
    bytes: 100,
    statistics: { tier: "Gold", totalSuccesses: 8, counters: { retrieve: { attempts: 2 } } },
  });
});
