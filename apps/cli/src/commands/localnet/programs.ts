import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Player } from "./cast.ts";
import { localnetError } from "./errors.ts";

/** Every program of this repository that a command runs. */
export type Program =
  | "neurond"
  | "validator"
  | "liar"
  | "miner"
  | "auditor"
  | "proxy"
  | "storage-api"
  | "keeper";

/** This command runs from its source, with the loader's condition, or from its build. */
const isSource = import.meta.url.endsWith(".ts");
const checkout = new URL("../../../../../", import.meta.url);
const folder = isSource ? "src" : "dist";
const suffix = isSource ? "ts" : "js";

const PLACES: Readonly<Record<Program, string>> = {
  neurond: `apps/cli/${folder}/main.${suffix}`,
  keeper: `apps/cli/${folder}/commands/localnet/keeper.${suffix}`,
  validator: `apps/validator/${folder}/main.${suffix}`,
  liar: `packages/testing/${folder}/lying-validator.${suffix}`,
  miner: `apps/miner/${folder}/main.${suffix}`,
  auditor: `apps/auditor/${folder}/main.${suffix}`,
  "storage-api": `apps/storage-api/${folder}/main.${suffix}`,
  proxy: `apps/reverse-proxy/${folder}/main.${suffix}`,
};

/** Arguments for Node that run a program. @throws CodedError NOT_A_CHECKOUT */
export function nodeArguments(program: Program, args: readonly string[]): readonly string[] {
  const file = fileURLToPath(new URL(PLACES[program], checkout));
  if (!existsSync(file)) {
    const message = `${file} is not there: daemons are run from a checkout of the whole repository`;
    throw localnetError("NOT_A_CHECKOUT", message, { file });
  }
  return [...(isSource ? ["--conditions=neurond:source"] : []), file, ...args];
}

/** Arguments for Node that run a program which ends when we do, however we do. */
export function leashedArguments(program: Program, args: readonly string[]): readonly string[] {
  const leash = new URL(`./leash.${suffix}`, import.meta.url).href;
  return ["--import", leash, ...nodeArguments(program, args)];
}

/** Compiled code is kept here, so that ten processes do not each compile the same source. */
export const COMPILE_CACHE = fileURLToPath(new URL("node_modules/.cache/node-compile", checkout));

/** The checkout's root, where Node's own package is found. */
export const CHECKOUT = fileURLToPath(checkout);

/** The program a player runs. */
export function programOf({ role, cheat }: Player): Program {
  if (role === "api") return "storage-api";
  return cheat === "lies" ? "liar" : role;
}
