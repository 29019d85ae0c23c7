import type { SigningKey } from "@neurond/epistula";
import { CodedError, type Netuid } from "@neurond/primitives";
import { readStatus, ValidatorNetwork, type ValidatorStatus } from "@neurond/storage-client";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import type { SharedOptionName } from "../../options.ts";
import type { StoreCommandCode } from "./errors.ts";

/** Options that say which validator is asked. */
export const VALIDATOR_OPTIONS: readonly Parameter[] = [
  {
    flags: "--validator <url>",
    description: "validator to ask; else the one with most stake on the chain that answers",
  },
];

/** Shared options of commands that find their validator on chain. */
export const VALIDATOR_SHARED = [
  "netuid",
  ...CHAIN_OPTIONS,
] as const satisfies readonly SharedOptionName[];

/** A validator that answers, and what it says of itself. */
export interface FoundValidator {
  readonly network: ValidatorNetwork;
  readonly status: ValidatorStatus;
}

/** The validator a call names, or the first of the subnet's that answers, by stake. */
export async function findValidator(call: Call, key: SigningKey): Promise<FoundValidator> {
  const named = call.given("validator");
  if (named !== undefined) {
    const url = parseUrl(named);
    const status = await readStatus(url, call.signal);
    return { network: new ValidatorNetwork({ url, hotkey: status.hotkey, key }), status };
  }
  for (const { url, hotkey } of await announced(call, netuidOf(call))) {
    const status = await readStatus(url, call.signal).catch(() => undefined);
    call.signal.throwIfAborted();
    // Anybody may announce anybody's address.
    if (status?.hotkey !== hotkey) continue;
    return { network: new ValidatorNetwork({ url, hotkey, key }), status };
  }
  throw new CodedError<StoreCommandCode>(
    "VALIDATOR_MISSING",
    "no validator of the subnet answers; name one with --validator",
  );
}

async function announced(call: Call, netuid: Netuid) {
  const { neurons } = await withChain(call, (chain) => chain.metagraph({ netuid }));
  return neurons
    .filter(({ validatorPermit }) => validatorPermit)
    .sort((a, b) => (a.totalStake < b.totalStake ? 1 : -1))
    .flatMap(({ hotkey, axon }) => {
      if (axon === undefined || axon.port === 0) return [];
      const host = axon.ip.includes(":") ? `[${axon.ip}]` : axon.ip;
      return [{ hotkey, url: new URL(`http://${host}:${axon.port}`) }];
    });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  const message = "--validator is an http:// or https:// URL, such as http://127.0.0.1:8092";
  throw new CodedError<UsageCode>("USAGE", message);
}
