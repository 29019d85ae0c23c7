import type { SigningKey } from "@neurond/epistula";
import { CodedError, type Hotkey } from "@neurond/primitives";
import { readStatus, ValidatorNetwork, type ValidatorStatus } from "@neurond/storage-client";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import type { SharedOptionName } from "../../options.ts";
import type { StoreCommandCode } from "./errors.ts";
import { NODE_OPTIONS, nodeChoiceOf } from "./seed-options.ts";

/** TAO above which a validator is asked, as upstream's client has it: to store, and to bring back. */
export const STAKE_LIMIT = { store: 500, retrieve: 1000 } as const;

/** What is done: the limits of stake differ. */
export type Purpose = keyof typeof STAKE_LIMIT;

/** Options that say which validator is asked. */
export const validatorOptions = (purpose: Purpose): readonly Parameter[] => [
  {
    flags: "--validator <url>",
    description: "validator to ask; else the one with most stake on the chain that answers",
  },
  ...NODE_OPTIONS(STAKE_LIMIT[purpose]),
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
export async function findValidator(
  call: Call,
  key: SigningKey,
  purpose: Purpose,
): Promise<FoundValidator> {
  for await (const found of findValidators(call, key, purpose)) return found;
  throw noValidator();
}

/** The validator a call names, or all of the subnet's that answer, by stake. */
export async function* findValidators(
  call: Call,
  key: SigningKey,
  purpose: Purpose,
): AsyncGenerator<FoundValidator> {
  const named = call.given("validator");
  if (named !== undefined) {
    const url = parseUrl(named);
    const status = await readStatus(url, call.signal);
    yield { network: new ValidatorNetwork({ url, hotkey: status.hotkey, key }), status };
    return;
  }
  for (const { url, hotkey } of await announcedValidators(call, purpose)) {
    const status = await statusOf(call, { url, hotkey });
    if (status !== null) yield { network: new ValidatorNetwork({ url, hotkey, key }), status };
  }
}

/** So many are asked at once, those with most stake. */
const ASKED_AT_ONCE = 8;

/** All that answer, of the validator a call names or of those of the subnet with most stake. */
export async function answeringValidators(
  call: Call,
  key: SigningKey,
  purpose: Purpose,
): Promise<readonly ValidatorNetwork[]> {
  if (call.given("validator") !== undefined) {
    return [(await findValidator(call, key, purpose)).network];
  }
  const announced = (await announcedValidators(call, purpose)).slice(0, ASKED_AT_ONCE);
  const found = await Promise.all(
    announced.map(async ({ url, hotkey }) => {
      const isThere = (await statusOf(call, { url, hotkey })) !== null;
      return isThere ? [new ValidatorNetwork({ url, hotkey, key })] : [];
    }),
  );
  return found.flat();
}

/** The error of a subnet whose validators are all silent, or too small. */
export function noValidator(): CodedError<StoreCommandCode> {
  return new CodedError(
    "VALIDATOR_MISSING",
    "no validator of the subnet answers; name one with --validator, or check --netuid and --stake-limit",
  );
}

/** Where a validator says on chain that it is. */
export interface AnnouncedValidator {
  readonly hotkey: Hotkey;
  readonly url: URL;
}

/** What a validator says of itself at the address it announced; null when nobody answers there, or another. */
export async function statusOf(
  { signal }: Call,
  { url, hotkey }: AnnouncedValidator,
): Promise<ValidatorStatus | null> {
  const status = await readStatus(url, signal).catch(() => undefined);
  signal.throwIfAborted();
  // Anybody may announce anybody's address.
  return status?.hotkey === hotkey ? status : null;
}

/** Where validators say on chain that they are, those with most stake first; some may lie. */
export async function announcedValidators(
  call: Call,
  purpose: Purpose,
): Promise<readonly AnnouncedValidator[]> {
  const choice = nodeChoiceOf(call, STAKE_LIMIT[purpose]);
  const { netuid, stakeLimit, vpermitLimit, uid: wanted } = choice;
  const { neurons } = await withChain(call, (chain) => chain.metagraph({ netuid }));
  return neurons
    .filter(({ uid, validatorPermit, totalStake }) => {
      if (wanted !== undefined) return uid === wanted;
      return validatorPermit && totalStake > stakeLimit && totalStake > vpermitLimit;
    })
    .sort((a, b) => (a.totalStake < b.totalStake ? 1 : -1))
    .flatMap(({ hotkey, axon }) => {
      const url = urlOf(axon);
      return url === null ? [] : [{ hotkey, url }];
    });
}

/** Where a hotkey says on chain that it is; null when it says nothing. */
export async function announcedAxon(call: Call, wanted: Hotkey): Promise<URL | null> {
  const { netuid } = nodeChoiceOf(call, 0);
  const { neurons } = await withChain(call, (chain) => chain.metagraph({ netuid }));
  return urlOf(neurons.find(({ hotkey }) => hotkey === wanted)?.axon);
}

function urlOf(axon: { readonly ip: string; readonly port: number } | undefined): URL | null {
  if (axon === undefined || axon.port === 0) return null;
  const host = axon.ip.includes(":") ? `[${axon.ip}]` : axon.ip;
  return new URL(`http://${host}:${axon.port}`);
}

/** The URL of a validator as somebody wrote it. */
export function parseUrl(text: string, option = "--validator"): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  const message = `${option} is an http:// or https:// URL, such as http://127.0.0.1:8092`;
  throw new CodedError<UsageCode>("USAGE", message);
}
