import { CodedError, type Netuid, parseTao, type Rao, toNetuid } from "@neurond/primitives";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { networkOf } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { VPERMIT_OPTION, vpermitLimitOf } from "../uids/settings.ts";

/** The storage subnet on the main network and on the test network. */
const NETUIDS = { main: 21, test: 22 } as const;

/** Options of upstream's client that say which nodes of the subnet are asked. */
export const NODE_OPTIONS = (stakeLimit: number): readonly Parameter[] => [
  {
    flags: "--stake-limit <tao>",
    description: `validators with more stake than this are asked (default: ${stakeLimit})`,
  },
  VPERMIT_OPTION,
  { flags: "--uid <number>", description: "ask the validator of this uid only" },
];

/** Options that upstream's client takes and that change nothing here. */
export const ACCEPTED_OPTIONS: readonly Parameter[] = [
  {
    flags: "--no-version-checking",
    description: "accepted; a newer version is looked for by `update` only",
  },
  {
    flags: "--logging.logging-dir <directory>",
    description: "accepted; notes go to stderr, nothing is written to files",
  },
  { flags: "--logging.record-log", description: "accepted, as above" },
];

/** Which validators of the subnet may be asked. */
export interface NodeChoice {
  readonly netuid: Netuid;
  /** More stake than each of these. */
  readonly stakeLimit: Rao;
  readonly vpermitLimit: Rao;
  readonly uid: number | undefined;
}

/** What a call says of the nodes to be asked. */
export function nodeChoiceOf(call: Call, stakeLimit: number): NodeChoice {
  return {
    netuid: storageNetuid(call),
    stakeLimit: taoOf(call, "stake-limit") ?? parseTao(String(stakeLimit)),
    vpermitLimit: vpermitLimitOf(call),
    uid: call.integer("uid", { min: 0, max: 65_535 }),
  };
}

function storageNetuid(call: Call): Netuid {
  const given = call.integer("netuid", { min: 0, max: 65_535 });
  if (given !== undefined) return toNetuid(given);
  return toNetuid(networkOf(call).name === "test" ? NETUIDS.test : NETUIDS.main);
}

function taoOf(call: Call, name: string): Rao | undefined {
  const text = call.given(name);
  return text === undefined ? undefined : parseTao(text);
}

/** The first argument of a call, or the option of the same meaning; asked for when neither is there. */
export async function argumentOrOption(
  call: Call,
  options: readonly string[],
  question: string,
): Promise<string> {
  const found = [call.args[0], ...options.map((name) => call.given(name))].find(
    (value) => value !== undefined && value !== "",
  );
  const value = found ?? (await call.ask?.(`${question}: `));
  if (value) return value;
  const names = options.map((name) => `--${name}`).join(" or ");
  throw new CodedError<UsageCode>("USAGE", `give ${names}`);
}
