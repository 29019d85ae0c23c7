import { hotkeyOf } from "@neurond/primitives";
import { loadConfig } from "@neurond/runtime";
import {
  API_OPTIONS,
  apiAccessOf,
  blocksOf,
  bytesOf,
  jobCadences,
  MINER_OPTIONS,
  minerAccessOf,
  type OptionTable,
  optionSchema,
  parseFlags,
  priorityRulesOf,
  renderHelp,
  rewardRulesOf,
  VALIDATOR_OPTIONS,
  variableOf,
} from "@neurond/storage-rules";
import { describe, expect, test } from "vitest";
import seed from "./vectors/seed-options.json" with { type: "json" };

const ALICE = hotkeyOf(new Uint8Array(32).fill(1));
const BOB = hotkeyOf(new Uint8Array(32).fill(2));
const tables: Readonly<Record<string, OptionTable>> = {
  miner: MINER_OPTIONS,
  validator: VALIDATOR_OPTIONS,
  api: API_OPTIONS,
};

function load<Table extends OptionTable>(table: Table, line: string, environment = {}) {
  const { overrides } = parseFlags(line.split(" ").filter(Boolean), table);
  return loadConfig(optionSchema(table), { prefix: "TEST", environment, overrides });
}

describe.each(Object.entries(seed))("the documented options of the %s", (process, documented) => {
  const table = tables[process] ?? {};

  test.each(Object.entries(documented))("have --%s with default %j", (name, fallback) => {
    const option = table[name];
    expect(option).toBeDefined();
    const written = option?.fallback?.replaceAll('"', "") ?? null;
    expect(written === null ? null : written).toBe(fallback === null ? null : String(fallback));
  });
});

test.each(Object.entries(tables))(
  "every option of the %s parses its own default, and stands in --help with it",
  (process, table) => {
    const help = renderHelp(process, table);
    for (const [name, option] of Object.entries(table)) {
      expect(help).toContain(`  --${name}`);
      expect(help).toContain(option.help);
      expect(option.effect).not.toBe("");
      if (option.fallback !== null) expect(help).toContain(`default: ${option.fallback}`);
    }
  },
);

test.each(Object.entries(tables))(
  "every default of the %s that is written out is the one that counts",
  (_, table) => {
    const own = Object.entries(table).filter(
      ([, { setting, fallback }]) => setting === undefined && fallback !== null,
    );
    const overrides = Object.fromEntries(
      own.map(([name, { fallback }]) => [name, fallback?.replaceAll(/^["[]|["\]]$/g, "") ?? ""]),
    );
    const source = { prefix: "TEST", environment: {} };
    const written = loadConfig(optionSchema(table), { ...source, overrides });
    expect(written).toEqual(loadConfig(optionSchema(table), source));
  },
);

test.each(Object.entries(tables))(
  "no two options of the %s share a spelling or a variable",
  (_, table) => {
    const spellings = Object.entries(table).flatMap(([name, { aliases = [] }]) => [
      name,
      ...aliases,
    ]);
    const plain = spellings.map((one) => one.replaceAll("-", "_"));
    expect(new Set(plain).size).toBe(plain.length);
    const variables = Object.keys(table).map(variableOf);
    expect(new Set(variables).size).toBe(variables.length);
  },
);

describe("a command line", () => {
  test("of the seed's examples is read, and sets the settings of every daemon", () => {
    const line =
      "--netuid 21 --wandb.off --wallet.name default --wallet.hotkey miner --axon.port 8888 --logging.debug --subtensor.network local";
    expect(parseFlags(line.split(" "), MINER_OPTIONS)).toEqual({
      wantsHelp: false,
      overrides: {
        netuid: "21",
        "wandb.off": "true",
        "wallet.name": "default",
        "wallet.hotkey": "miner",
        "http.port": "8888",
        "log.level": "debug",
        "chain.network": "local",
      },
    });
  });

  test("may be written with hyphens, with = and by the names of later releases", () => {
    const { overrides } = parseFlags(
      ["--neuron.min-chunk-size=512", "--neuron.compute_stats_interval", "7", "--NEURON.verbose"],
      VALIDATOR_OPTIONS,
    );
    expect(overrides).toEqual({
      "neuron.min_chunk_size": "512",
      "neuron.tier_update_step_length": "7",
      "neuron.verbose": "true",
    });
  });

  test("takes lists up to the next option", () => {
    const config = load(
      MINER_OPTIONS,
      `--blacklist.blacklist_hotkeys ${ALICE} ${BOB} --miner.no_serve`,
    );
    expect(config["miner.blacklist.blacklist"]).toEqual([ALICE, BOB]);
    expect(config["miner.no_serve"]).toBe(true);
    expect(load(MINER_OPTIONS, "--miner.no_serve false")["miner.no_serve"]).toBe(false);
  });

  test("is refused for what nobody has, and for a value that is missing", () => {
    expect(() => parseFlags(["--neuron.nothing", "1"], VALIDATOR_OPTIONS)).toThrow(
      /no option --neuron.nothing/,
    );
    expect(() => parseFlags(["stray"], VALIDATOR_OPTIONS)).toThrow(/no option stray/);
    expect(() => parseFlags(["--neuron.maxsize", "--neuron.verbose"], VALIDATOR_OPTIONS)).toThrow(
      /needs a value/,
    );
    expect(() => parseFlags(["--neuron.maxsize"], VALIDATOR_OPTIONS)).toThrow(/needs a value/);
    expect(parseFlags(["-h"], VALIDATOR_OPTIONS).wantsHelp).toBe(true);
  });

  test("may give a negative number", () => {
    const config = load(VALIDATOR_OPTIONS, "--neuron.challenge_failure_reward -0.2");
    expect(rewardRulesOf(config).failure.challenge).toBe(-200_000_000);
  });
});

describe("values", () => {
  test("come from the environment too, and the line wins", () => {
    const environment = {
      FILETAO_NEURON_STORE_TIMEOUT: "12.5",
      FILETAO_NEURON_SEMAPHORE_SIZE: "4",
    };
    const config = load(VALIDATOR_OPTIONS, "--neuron.semaphore_size 8", environment);
    expect(config["neuron.store_timeout"]).toBe(12.5);
    expect(config["neuron.semaphore_size"]).toBe(8);
  });

  test("are the units the rules work in", () => {
    const config = load(
      VALIDATOR_OPTIONS,
      "--neuron.events_retention_size 500MiB --neuron.data_ttl 30d",
    );
    expect(config["neuron.events_retention_size"]).toBe(524_288_000);
    expect(config["neuron.data_ttl"]).toBe(216_000);
    expect(config["neuron.vpermit_tao_limit"]).toBe(500_000_000_000n);
    expect(config["neuron.moving_average_alpha"]).toBe(50_000);
  });

  test.each([
    "--neuron.curve P-384",
    "--neuron.data_ttl soon",
    "--neuron.events_retention_size lots",
    "--neuron.moving_average_alpha 2",
    "--neuron.challenge_failure_reward 1",
    "--neuron.vpermit_tao_limit -1",
    "--neuron.semaphore_size 0",
    "--database.port 70000",
  ])("are refused outside their range: %s", (line) => {
    expect(() => load(VALIDATOR_OPTIONS, line)).toThrow(/configuration has 1 problem/);
  });

  test("of sizes and lifetimes are read as people write them", () => {
    expect(["2 GB", "2GiB", "512", "1.5 kb"].map(bytesOf)).toEqual([2e9, 2 ** 31, 512, 1500]);
    expect(["50000", "600000s", "24h", "1s"].map(blocksOf)).toEqual([50_000, 50_000, 7200, 1]);
  });
});

describe("rules that follow from options", () => {
  test("are the documented ones when nothing is said", () => {
    const validator = load(VALIDATOR_OPTIONS, "");
    expect(rewardRulesOf(validator)).toEqual({
      mode: "sigmoid",
      boost: "none",
      failure: { store: 0, challenge: -50_000_000, retrieve: -50_000_000 },
      down: -5_000_000,
    });
    expect(jobCadences(validator)).toEqual({
      store: 15,
      challenge: 3,
      retrieve: 15,
      monitor: 15,
      repair: 30,
      tiers: 300,
      expiry: 180,
      checkpoint: 100,
      weights: 200,
    });
    const miner = load(MINER_OPTIONS, "");
    expect(minerAccessOf(miner)).toMatchObject({ maxRequests: 50, windowMs: 300_000 });
    expect(priorityRulesOf(miner)).toEqual({ fallback: 0n, doublingMinutes: 10 });
    expect(apiAccessOf(load(API_OPTIONS, "")).whitelist.size).toBe(0);
  });

  test("never leave tiers unjudged for more than 360 blocks", () => {
    const slow = load(VALIDATOR_OPTIONS, "--neuron.tier_update_step_length 1000");
    expect(jobCadences(slow).tiers).toBe(360);
  });

  test("count requests by blocks when a later release's window is given", () => {
    const miner = load(
      MINER_OPTIONS,
      "--miner.rate_limit_window 25 --miner.max_requests_per_window 7",
    );
    expect(minerAccessOf(miner)).toMatchObject({ maxRequests: 7, windowMs: 300_000 });
  });
});
