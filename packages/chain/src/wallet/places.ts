import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/** Environment variables as an argument: only an application's edge reads the process's own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which wallet is meant; what is absent comes from the environment, then from btcli's defaults. */
export interface WalletNames {
  readonly name?: string | undefined;
  readonly hotkey?: string | undefined;
  readonly path?: string | undefined;
}

/** Where the files of one wallet are. */
export interface WalletPlaces {
  readonly name: string;
  readonly hotkeyName: string;
  /** The directory that holds all wallets, absolute. */
  readonly root: string;
  readonly directory: string;
  readonly coldkey: string;
  readonly coldkeypub: string;
  readonly hotkeys: string;
  readonly hotkey: string;
  readonly hotkeypub: string;
}

/** Variables that name a wallet, strongest first: SDK 10, Bittensor 11, then those of field tools. */
export const WALLET_VARIABLES = {
  name: ["BT_WALLET_NAME", "BT_WALLET", "EPISTULA_WALLET_NAME", "WALLET_NAME"],
  hotkey: ["BT_WALLET_HOTKEY", "EPISTULA_HOTKEY_NAME", "BT_HOTKEY_NAME", "HOTKEY_NAME"],
  path: ["BT_WALLET_PATH", "BT_WALLETS_DIR"],
} as const satisfies Record<keyof WalletNames, readonly string[]>;

/** btcli's directory of wallets. */
export const DEFAULT_WALLET_PATH = "~/.bittensor/wallets";

/** Settles names and paths, and refuses a name that would leave the wallet directory. */
export function walletPlaces(names: WalletNames, env: Environment): WalletPlaces {
  const chosen = (key: keyof WalletNames) => names[key] ?? firstSet(env, WALLET_VARIABLES[key]);
  const name = checkName("wallet", chosen("name") ?? "default");
  const hotkeyName = checkName("hotkey", chosen("hotkey") ?? "default");
  const root = resolve(expandHome(chosen("path") ?? DEFAULT_WALLET_PATH, env));
  const directory = join(root, name);
  const hotkeys = join(directory, "hotkeys");
  return {
    name,
    hotkeyName,
    root,
    directory,
    coldkey: join(directory, "coldkey"),
    coldkeypub: join(directory, "coldkeypub.txt"),
    hotkeys,
    hotkey: join(hotkeys, hotkeyName),
    hotkeypub: join(hotkeys, `${hotkeyName}pub.txt`),
  };
}

/** Replaces a leading `~` by the home directory, which no shell has done for a value like `--x=~/y`. */
export function expandHome(path: string, env: Environment): string {
  if (path !== "~" && !path.startsWith("~/")) return path;
  return join(env["HOME"] ?? homedir(), path.slice(1));
}

/** The first of the variables that has a non-empty value. */
export function firstSet(env: Environment, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

function checkName(kind: "wallet" | "hotkey", name: string): string {
  const safe = name !== "" && name !== "." && !name.includes("..") && !/[/\\\0]/.test(name);
  if (safe) return name;
  const text = `a ${kind} name is not empty and has no slash, backslash, NUL or ".."`;
  throw new CodedError<WalletCode>("NAME_INVALID", text, { name });
}
