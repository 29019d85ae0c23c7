import { parseTao } from "@neurond/primitives";
import { Secret } from "@neurond/runtime";
import {
  MINER_OPTIONS,
  minerAccessOf,
  priorityRulesOf,
  readCommandLine,
  renderHelp,
} from "@neurond/storage-rules";
import { describe, expect, test } from "vitest";
import { notesOn } from "../src/options/notes.ts";
import { readConfig } from "../src/options/read-config.ts";

const HOME = { HOME: "/home/somebody" };
const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const read = (line: string, environment: Record<string, string> = HOME) =>
  readConfig(readCommandLine(line.split(" ").filter(Boolean), MINER_OPTIONS), environment);
const config = (line: string) => read(line).config;
const access = (line: string) => minerAccessOf(config(line));
const note = (name: string) => (line: string) => {
  const { config, given } = read(line);
  return notesOn(config, given).has(name);
};

/** What can be seen of every option: the value where it acts, or that the miner says what it does instead. */
const EFFECTS: Readonly<
  Record<keyof typeof MINER_OPTIONS, readonly [string, (line: string) => unknown, unknown]>
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
  "logging.logging_dir": [
    "/l",
    (line) => read(line).directory,
    "/l/default/default/netuid21/core_storage_miner",
  ],
  "miner.name": [
    "n",
    (line) => read(line).directory,
    "/home/somebody/.bittensor/miners/default/default/netuid21/n",
  ],
  "miner.device": ["cuda", note("miner.device"), true],
  "miner.verbose": ["", (line) => config(line).log.level, "debug"],
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
  "database.directory": ["~/x", (line) => config(line).storage.directory, "/home/somebody/x"],
  "miner.set_weights_wait_for_inclusion": ["", note("miner.set_weights_wait_for_inclusion"), true],
  "miner.set_weights_wait_for_finalization": [
    "",
    note("miner.set_weights_wait_for_finalization"),
    true,
  ],
  "miner.blacklist.blacklist": [ALICE, (line) => [...access(line).blacklist], [ALICE]],
  "miner.blacklist.whitelist": [ALICE, (line) => [...access(line).whitelist], [ALICE]],
  "miner.blacklist.force_validator_permit": ["", (line) => access(line).forceValidatorPermit, true],
  "miner.blacklist.allow_non_registered": ["", (line) => access(line).allowNonRegistered, true],
  "miner.blacklist.minimum_stake_requirement": [
    "5.5",
    (line) => access(line).minimumStake,
    parseTao("5.5"),
  ],
  "miner.blacklist.min_request_period": ["2", (line) => access(line).windowMs, 120_000],
  "miner.priority.default": ["5", (line) => priorityRulesOf(config(line)).fallback, parseTao("5")],
  "miner.priority.time_stake_multiplicate": [
    "5",
    (line) => priorityRulesOf(config(line)).doublingMinutes,
    5,
  ],
  "miner.priority.len_request_timestamps": ["5", (line) => access(line).maxRequests, 5],
  "miner.rate_limit_window": ["5", (line) => access(line).windowMs, 60_000],
  "miner.request_log_name": ["r.json", (line) => config(line)["miner.request_log_name"], "r.json"],
  "miner.seconds_to_wait_to_log_presence_message": [
    "5",
    (line) => config(line)["miner.seconds_to_wait_to_log_presence_message"],
    5,
  ],
  "miner.no_set_weights": ["", note("miner.no_set_weights"), true],
  "miner.no_serve": ["", (line) => config(line).axon.announce, false],
  "miner.no_start_axon": ["", (line) => config(line)["miner.no_start_axon"], true],
  "miner.mock_subtensor": ["", (line) => config(line)["miner.mock_subtensor"], true],
  test: ["", (line) => config(line).test, true],
  "wandb.off": ["", note("wandb.off"), true],
  "wandb.project_name": ["p", note("wandb.project_name"), true],
  "wandb.entity": ["p", note("wandb.entity"), true],
  "wandb.offline": ["", note("wandb.offline"), true],
  "wandb.weights_step_length": ["5", note("wandb.weights_step_length"), true],
  "wandb.run_step_length": ["5", note("wandb.run_step_length"), true],
  "wandb.notes": ["p", note("wandb.notes"), true],
};

describe("every option of the miner", () => {
  const help = renderHelp("miner", MINER_OPTIONS);

  test.each(Object.entries(EFFECTS))(
    "--%s is read, shown with its default, and seen",
    (name, effect) => {
      const [value, seen, expected] = effect;
      expect(seen(`--${name} ${value}`)).toEqual(expected);
      const option: { readonly fallback: string | null } =
        MINER_OPTIONS[name as keyof typeof MINER_OPTIONS];
      const [, after = ""] = help.split(`  --${name}`);
      const fallback = option.fallback === null ? "no default" : `default: ${option.fallback}`;
      expect(after.split("\n").slice(0, 2).join("\n")).toContain(fallback);
    },
  );

  test("of access is followed once one of them is given, and our section until then", () => {
    expect(config("--netuid 21").access.rules).toBe("section");
    expect(config("--miner.blacklist.force_validator_permit").access.rules).toBe("options");
    expect(config("--blacklist.allow_non_registered").access.rules).toBe("options");
    const environment = { NETUID: "4", FILETAO_MINER_RATE_LIMIT_WINDOW: "5" };
    expect(read("", environment).config.access.rules).toBe("options");
  });

  test("brings the defaults people are used to only with the options", () => {
    const { config, directory } = read("--wallet.name mine");
    expect([config.netuid, config.storage.directory]).toEqual([21, "/home/somebody/.data"]);
    expect(directory).toMatch(/\/mine\/default\/netuid21\/core_storage_miner$/);
    expect(() => read("")).toThrow("NETUID");
    const plain = read("", { NETUID: "4" });
    expect([plain.config.storage.directory, plain.directory]).toEqual(["data/shards", null]);
  });

  test("that is secret never prints", () => {
    const { config } = read("--netuid 4 --database.redis_password x");
    expect(config["database.redis_password"]).toBeInstanceOf(Secret);
    expect(JSON.stringify(config["database.redis_password"])).not.toContain('"x"');
  });
});
