import { WALLET_VARIABLES } from "@neurond/chain/wallet";
import { describe, expect, test } from "vitest";
import { normaliseArguments } from "../src/argv.ts";
import { SHARED_OPTIONS } from "../src/options.ts";
import { run } from "./run.ts";
import { temporaryFile } from "./temporary.ts";

describe("every spelling of an option means the same", () => {
  const spellings = {
    "wallet.name": ["wallet.name", "wallet-name", "wallet_name", "wallet"],
    "wallet.hotkey": ["wallet.hotkey", "wallet-hotkey", "wallet_hotkey"],
    "wallet.path": ["wallet.path", "wallet-path", "wallet_path"],
    "wallet.password-file": [
      "wallet.password-file",
      "wallet.password_file",
      "wallet-password-file",
      "wallet_password_file",
    ],
    "subtensor.network": ["subtensor.network", "network"],
    "subtensor.chain_endpoint": [
      "subtensor.chain_endpoint",
      "subtensor.chain-endpoint",
      "chain_endpoint",
      "endpoint",
    ],
    netuid: ["netuid"],
    mecid: ["mecid", "mechid", "mechanism_id"],
    json: ["json", "json-output", "json_output"],
    yes: ["yes", "no-prompt", "no_prompt"],
  };
  const table = Object.entries(spellings).flatMap(([name, all]) => all.map((one) => [one, name]));

  test.each(table)("--%s is --%s", (spelling, name) => {
    expect(normaliseArguments([`--${spelling}`, "x"])).toEqual([`--${name}`, "x"]);
    expect(normaliseArguments([`--${spelling}=a_b=c`])).toEqual([`--${name}=a_b=c`]);
  });

  test.each([
    ["--wallet.name", "a"],
    ["--wallet.name=a"],
    ["--wallet-name", "a"],
    ["--wallet_name=a"],
    ["--wallet", "a"],
    ["-w", "a"],
    ["-wa"],
  ])("%s %s reaches the command", async (...line) => {
    const { stdout, stderr } = await run([
      "keys",
      "new",
      "--json",
      "--uri",
      "//x",
      "--wallet.path",
      "/dev/null",
      ...line,
    ]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "NOT_WRITABLE", context: { path: "/dev/null/a/hotkeys/default" } },
    });
  });
});

test("values, messages and what follows -- are left as they are", () => {
  const line = ["keys", "sign", "--message", "--a_b", "-m", "--c_d", "a_b", "--", "--e_f", "help"];
  expect(normaliseArguments(line)).toEqual(line);
});

test("help in front is --help behind, because commands are loaded when they are parsed", () => {
  expect(normaliseArguments(["help", "keys", "sign"])).toEqual(["keys", "sign", "--help"]);
});

describe("flag, config file, environment, default: in this order", () => {
  const listed = async (line: readonly string[], env = {}) => {
    const { stdout } = await run(["keys", "list", "--json", ...line], { env });
    return JSON.parse(stdout).error?.context.directory;
  };
  const env = { BT_WALLET_PATH: "/from/env", BT_WALLETS_DIR: "/weaker", HOME: "/home/user" };

  test.each([
    ["a nested key", "wallet:\n  path: /from/file\n"],
    ["a dotted key", "wallet.path: /from/file\n"],
    ["an underscored key", "wallet_path: /from/file\n"],
  ])("with %s", async (_, yaml) => {
    const file = await temporaryFile("config.yaml", yaml);
    expect(await listed(["--wallet.path", "/from/flag", "--config", file], env)).toBe("/from/flag");
    expect(await listed(["--config", file], env)).toBe("/from/file");
    expect(await listed([], env)).toBe("/from/env");
    expect(await listed([], { ...env, BT_WALLET_PATH: "" })).toBe("/weaker");
    expect(await listed([], { HOME: "/home/user" })).toBe("/home/user/.bittensor/wallets");
  });

  test("a flag that is only present or absent can be set in the file", async () => {
    const file = await temporaryFile("config.yaml", "json: true\nwallet: {path: /nowhere}\n");
    const { stdout } = await run(["keys", "list", "--config", file]);
    expect(JSON.parse(stdout)).toHaveProperty("error.code", "FILE_NOT_FOUND");
  });

  test.each([
    ["unknown keys, all at once", "wallet: {nam: x}\nnetiud: 1\n", /wallet\.nam, netiud/],
    ["a list", "- a\n", /the file itself/],
    ["no YAML", "a: [1\n", /not YAML/],
    ["a list as value", "netuid: [1]\n", /netuid/],
  ])("%s: the file is refused", async (_, yaml, message) => {
    const file = await temporaryFile("config.yaml", yaml);
    const { exitCode, stderr } = await run(["keys", "list", "--config", file]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^neurond: CONFIG_INVALID: /);
    expect(stderr).toMatch(message);
  });

  test("an empty file changes nothing, a missing one is an error", async () => {
    const file = await temporaryFile("config.yaml", "");
    expect(await listed(["--config", file], env)).toBe("/from/env");
    expect(await run(["keys", "list", "--config", `${file}.no`])).toMatchObject({ exitCode: 2 });
  });
});

test("the variables shown in help are those the wallet library reads", () => {
  for (const key of ["name", "hotkey", "path"] as const) {
    expect(SHARED_OPTIONS[`wallet.${key}`].env).toEqual(WALLET_VARIABLES[key]);
  }
});
