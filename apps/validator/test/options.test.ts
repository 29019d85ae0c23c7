import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTao } from "@neurond/primitives";
import { Secret } from "@neurond/runtime";
import {
  jobCadences,
  optionShape,
  readCommandLine,
  renderHelp,
  VALIDATOR_OPTIONS,
} from "@neurond/storage-rules";
import { afterAll, describe, expect, test } from "vitest";
import type { Config } from "../src/config.ts";
import { notesOn } from "../src/options/notes.ts";
import { readConfig } from "../src/options/read-config.ts";
import { stateDirectoryOf } from "../src/options/state-directory.ts";
import { standingRules } from "../src/rewards/standing-rules.ts";

const directory = mkdtempSync(join(tmpdir(), "neurond-options-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const HOME = { HOME: "/home/somebody" };
const read = (line: string, environment: Record<string, string> = HOME) => {
  const parsed = readCommandLine(line.split(" ").filter(Boolean), VALIDATOR_OPTIONS);
  return readConfig(parsed, environment);
};
const config = (line: string) => read(line).config;
const note = (name: string) => (line: string) => {
  const { config, given } = read(line);
  return notesOn(config, given).has(name);
};
const rules = (line: string) => standingRules(config(line));
const cadences = (line: string) => jobCadences(config(line));
const place = (line: string) => {
  const found = read(line);
  return stateDirectoryOf(found.config, found, HOME);
};

/**
 * What can be seen of every option: the value as it reaches the part that acts by it, or that the
 * daemon says at start what it does instead. The parts have tests of their own.
 */
const EFFECTS: Readonly<
  Record<keyof typeof VALIDATOR_OPTIONS, readonly [string, (line: string) => unknown, unknown]>
> = {
  netuid: ["7", (line) => config(line).netuid, 7],
  "wallet.name": ["a", (line) => config(line).wallet.name, "a"],
  "wallet.hotkey": ["b", (line) => config(line).wallet.hotkey, "b"],
  "wallet.path": ["/c", (line) => config(line).wallet.path, "/c"],
  "axon.port": ["9", (line) => config(line).http.port, 9],
  "axon.external_ip": ["10.1.2.3", (line) => config(line).axon.externalIp, "10.1.2.3"],
  "axon.external_port": ["77", (line) => config(line).axon.externalPort, 77],
  "subtensor.network": ["test", (line) => config(line).chain.network, "test"],
  "subtensor.chain_endpoint": ["ws://x", (line) => config(line).chain.endpoint, "ws://x"],
  "logging.debug": ["", (line) => config(line).log.level, "debug"],
  "logging.trace": ["", (line) => config(line).log.level, "trace"],
  "logging.logging_dir": ["/l", place, "/l/default/default/netuid21/core_storage_validator"],
  "neuron.name": ["n", place, "/home/somebody/.bittensor/miners/default/default/netuid21/n"],
  "neuron.device": ["cuda", note("neuron.device"), true],
  "neuron.checkpoint_block_length": ["9", (line) => cadences(line).checkpoint, 9],
  "neuron.events_retention_size": [
    "3KB",
    (line) => config(line)["neuron.events_retention_size"],
    3000,
  ],
  "neuron.dont_save_events": ["", note("neuron.dont_save_events"), true],
  "neuron.verbose": ["", (line) => config(line).log.level, "debug"],
  "neuron.log_responses": ["", (line) => config(line)["neuron.log_responses"], true],
  "neuron.profile": ["", (line) => config(line)["neuron.profile"], true],
  "neuron.debug_logging_path": ["d", (line) => config(line)["neuron.debug_logging_path"], "d"],
  "neuron.mock": ["", (line) => config(line)["neuron.mock"], true],
  "database.purge_challenges": ["", note("database.purge_challenges"), true],
  "neuron.state_path": ["~/s", place, "/home/somebody/s"],
  "neuron.curve": ["P-256", (line) => config(line)["neuron.curve"], "P-256"],
  "neuron.maxsize": ["5", (line) => config(line)["neuron.maxsize"], 5],
  "neuron.min_chunk_size": ["5", note("neuron.min_chunk_size"), true],
  "neuron.override_chunk_size": ["5", note("neuron.override_chunk_size"), true],
  "neuron.chunk_factor": ["5", note("neuron.chunk_factor"), true],
  "neuron.store_redundancy": ["5", (line) => config(line)["neuron.store_redundancy"], 5],
  "neuron.store_step_length": ["5", (line) => cadences(line).store, 15],
  "neuron.store_sample_size": ["5", (line) => config(line)["neuron.store_sample_size"], 5],
  "neuron.challenge_sample_size": ["5", note("neuron.challenge_sample_size"), true],
  "neuron.retrieve_step_length": ["7", (line) => cadences(line).retrieve, 21],
  "neuron.monitor_step_length": ["7", (line) => cadences(line).monitor, 21],
  "neuron.monitor_sample_size": ["5", (line) => config(line)["neuron.monitor_sample_size"], 5],
  "neuron.max_failed_pings": ["5", (line) => rules(line).max_failed_pings, 5],
  "neuron.distribute_step_length": ["5", note("neuron.distribute_step_length"), true],
  "neuron.data_ttl": ["24h", (line) => config(line)["neuron.data_ttl"], 7200],
  "neuron.blocks_per_step": ["7", (line) => cadences(line).monitor, 35],
  "neuron.num_concurrent_forwards": [
    "5",
    (line) => config(line)["neuron.num_concurrent_forwards"],
    5,
  ],
  "neuron.semaphore_size": ["5", (line) => config(line)["neuron.semaphore_size"], 5],
  "neuron.store_timeout": ["5", (line) => config(line)["neuron.store_timeout"], 5],
  "neuron.challenge_timeout": ["5", (line) => config(line).probe.deadlineSeconds, 5],
  "neuron.retrieve_timeout": ["5", (line) => config(line)["neuron.retrieve_timeout"], 5],
  "neuron.uid_selection": ["python", (line) => config(line)["neuron.uid_selection"], "python"],
  "neuron.vpermit_tao_limit": [
    "5",
    (line) => config(line)["neuron.vpermit_tao_limit"],
    parseTao("5"),
  ],
  "neuron.tier_update_step_length": ["5", (line) => rules(line).tier_blocks, 15],
  "neuron.tier_rule": ["v3", (line) => rules(line).tier_rule, "v3"],
  "neuron.speed_mode": ["minmax", (line) => rules(line).mode, "minmax"],
  "neuron.speed_boost": ["v2", (line) => rules(line).boost, "v2"],
  "neuron.store_failure_reward": ["-0.5", (line) => rules(line).failure.store, -500_000_000],
  "neuron.challenge_failure_reward": [
    "-0.5",
    (line) => rules(line).failure.challenge,
    -500_000_000,
  ],
  "neuron.retrieve_failure_reward": ["-0.5", (line) => rules(line).failure.retrieve, -500_000_000],
  "neuron.monitor_failure_reward": ["-0.5", (line) => rules(line).down, -500_000_000],
  "neuron.moving_average_alpha": ["0.5", (line) => rules(line).alpha_micro, 500_000],
  "neuron.weights_rule": ["v2", (line) => rules(line).weights_rule, "v2"],
  "neuron.set_weights_epoch_length": ["5", (line) => config(line).weights.everyBlocks, 5],
  "neuron.disable_set_weights": ["", (line) => config(line)["neuron.disable_set_weights"], true],
  "neuron.disable_log_rewards": ["", (line) => config(line)["neuron.disable_log_rewards"], true],
  "database.host": ["h", note("database.host"), true],
  "database.port": ["5", note("database.port"), true],
  "database.index": ["5", note("database.index"), true],
  "database.redis_password": ["p", note("database.redis_password"), true],
  "database.redis_conf_path": ["/c", note("database.redis_conf_path"), true],
  "database.skip_native_environment_check": [
    "",
    note("database.skip_native_environment_check"),
    true,
  ],
  "wandb.off": ["", (line) => config(line)["wandb.off"], true],
  "wandb.project_name": ["p", (line) => config(line)["wandb.project_name"], "p"],
  "wandb.entity": ["e", (line) => config(line)["wandb.entity"], "e"],
  "wandb.offline": ["", note("wandb.offline"), true],
  "wandb.weights_step_length": ["5", (line) => config(line)["wandb.weights_step_length"], 5],
  "wandb.run_step_length": ["5", (line) => config(line)["wandb.run_step_length"], 5],
  "wandb.notes": ["n", (line) => config(line)["wandb.notes"], "n"],
  "encryption.wallet_name": ["n", note("encryption.wallet_name"), true],
  "encryption.wallet_hotkey": ["n", note("encryption.wallet_hotkey"), true],
  "encryption.password": ["n", note("encryption.password"), true],
};

describe("every option of the validator", () => {
  const help = renderHelp("validator", VALIDATOR_OPTIONS);

  test.each(Object.entries(EFFECTS))(
    "--%s is read, shown with its default, and seen",
    (name, effect) => {
      const [value, seen, expected] = effect;
      expect(seen(`--${name} ${value}`)).toEqual(expected);
      const option: { readonly fallback: string | null } =
        VALIDATOR_OPTIONS[name as keyof typeof VALIDATOR_OPTIONS];
      const [, after = ""] = help.split(`  --${name}`);
      const fallback = option.fallback === null ? "no default" : `default: ${option.fallback}`;
      expect(after.split("\n").slice(0, 2).join("\n")).toContain(fallback);
    },
  );

  test("is told of when it counts for nothing as things are", () => {
    expect(note("neuron.maxsize")("--neuron.maxsize 5")).toBe(true);
    expect(note("neuron.moving_average_alpha")("--neuron.moving_average_alpha 0.5")).toBe(true);
    const byMinmax = "--neuron.speed_mode minmax --neuron.moving_average_alpha 0.5";
    expect(note("neuron.moving_average_alpha")(byMinmax)).toBe(false);
  });
});

describe("a validator that is started as people are used to", () => {
  const LINE = "--netuid 21 --neuron.challenge_sample_size 10 --wallet.name mine";

  test("has the defaults of the options, and stores where they say", () => {
    const { config } = read(LINE);
    expect(config).toMatchObject({
      netuid: 21,
      http: { port: 8091 },
      wallet: { name: "mine", hotkey: "default" },
      chain: { network: "finney" },
      weights: { everyBlocks: 200 },
      probe: { deadlineSeconds: 30 },
    });
    expect(place(LINE)).toMatch(/\/mine\/default\/netuid21\/core_storage_validator$/);
    expect(read("--wallet.name mine").config.netuid).toBe(21);
  });

  test("goes by its file where that says something, and by the line before it", () => {
    const file = join(directory, "validator.yaml");
    writeFileSync(file, "netuid: 4\nweights: { everyBlocks: 77 }\nneuron.semaphore_size: 8\n");
    expect(config(`${file} --wallet.name mine`)).toMatchObject({
      netuid: 4,
      weights: { everyBlocks: 77 },
      "neuron.semaphore_size": 8,
    });
    expect(config(`${file} --neuron.set_weights_epoch_length 200`).weights.everyBlocks).toBe(200);
  });

  test("has no subnet that nobody named when it is started without options", () => {
    expect(() => read("")).toThrow("NETUID");
    const { config, given } = read("", { NETUID: "4" });
    expect([config.netuid, config.http.port, config.weights.everyBlocks]).toEqual([4, 8092, 180]);
    expect([...given]).toEqual([]);
    expect(stateDirectoryOf(config, { given, byOptions: false }, HOME)).toBe("data/state");
  });

  test("takes options from variables, and never prints what is secret", () => {
    const environment = {
      NETUID: "4",
      FILETAO_NEURON_MAXSIZE: "9",
      FILETAO_ENCRYPTION_PASSWORD: "x",
      WANDB_API_KEY: "k",
      WANDB_BASE_URL: "http://127.0.0.1:1",
    };
    const { config } = read("", environment);
    expect(config["neuron.maxsize"]).toBe(9);
    expect(config["encryption.password"]).toBeInstanceOf(Secret);
    expect(JSON.stringify(config["encryption.password"])).not.toContain('"x"');
    expect(config.wandb.apiKey?.reveal()).toBe("k");
    expect(JSON.stringify(config.wandb)).not.toContain('"k"');
    expect(config.wandb.baseUrl).toBe("http://127.0.0.1:1");
  });

  test("has every own option of the table in its configuration", () => {
    const { config } = read("", { NETUID: "4" });
    const known = new Set(Object.keys(config satisfies Config));
    const optional = new Set([
      "neuron.state_path",
      "database.redis_password",
      "encryption.password",
    ]);
    for (const name of Object.keys(optionShape(VALIDATOR_OPTIONS))) {
      expect(known.has(name) || optional.has(name)).toBe(true);
    }
  });
});
