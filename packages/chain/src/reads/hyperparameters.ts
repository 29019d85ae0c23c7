import type { Netuid } from "@neurond/primitives";
import { asBigint, asList, asNumber, asRao, asRecord, asText, asVariant } from "../codec/value.ts";
import type { Hyperparameters } from "../hyperparameters.ts";
import type { State } from "../state.ts";
import { requireSubnet } from "./subnets.ts";

/** Values by the runtime's own snake_case names. */
type Named = Map<string, unknown>;

const API = "SubnetInfoRuntimeApi";

/** Hyperparameters, from the newest form the runtime has: list, record, or single items. */
export async function readHyperparameters(state: State, netuid: Netuid): Promise<Hyperparameters> {
  await requireSubnet(state, netuid);
  return assemble(await readNamed(state, netuid));
}

async function readNamed(state: State, netuid: Netuid): Promise<Named> {
  const { runtime } = state;
  if (runtime.api(API, "get_subnet_hyperparams_v3") !== undefined) {
    const list = await state.call(API, "get_subnet_hyperparams_v3", netuid);
    const stored = await fromStorage(state, netuid);
    const entries = asList(list).map((entry): [string, unknown] => {
      const { name, value } = asRecord(entry);
      return [asText(name), asVariant(value).value];
    });
    // The list leaves out what the runtime deems settled, such as rho.
    return new Map([...stored, ...entries]);
  }
  for (const method of ["get_subnet_hyperparams_v2", "get_subnet_hyperparams"]) {
    if (runtime.api(API, method) === undefined) continue;
    const answer = await state.call(API, method, netuid);
    // Runtimes of 2024 answer opaque bytes; these are read from storage.
    if (answer instanceof Uint8Array || answer === undefined) continue;
    return new Map([...(await fromStorage(state, netuid)), ...Object.entries(asRecord(answer))]);
  }
  return fromStorage(state, netuid);
}

/** Names of the runtime APIs and the storage items behind them. */
const ITEMS: Readonly<Record<string, string>> = {
  rho: "Rho",
  kappa: "Kappa",
  immunity_period: "ImmunityPeriod",
  min_allowed_weights: "MinAllowedWeights",
  max_weights_limit: "MaxWeightsLimit",
  tempo: "Tempo",
  weights_version: "WeightsVersionKey",
  weights_rate_limit: "WeightsSetRateLimit",
  registration_allowed: "NetworkRegistrationAllowed",
  target_regs_per_interval: "TargetRegistrationsPerInterval",
  min_burn: "MinBurn",
  max_burn: "MaxBurn",
  bonds_moving_avg: "BondsMovingAverage",
  max_regs_per_block: "MaxRegistrationsPerBlock",
  serving_rate_limit: "ServingRateLimit",
  max_validators: "MaxAllowedValidators",
  commit_reveal_period: "RevealPeriodEpochs",
  commit_reveal_weights_enabled: "CommitRevealWeightsEnabled",
  liquid_alpha_enabled: "LiquidAlphaOn",
};

async function fromStorage(state: State, netuid: Netuid): Promise<Named> {
  const sm = "SubtensorModule";
  const values = await state.many([
    ...Object.values(ITEMS).map((item) => [sm, item, netuid] as const),
    [sm, "AlphaValues", netuid],
    [sm, "ActivityCutoff", netuid],
    [sm, "ActivityCutoffFactorMilli", netuid],
  ]);
  const named: Named = new Map();
  Object.keys(ITEMS).forEach((name, index) => {
    if (values[index] !== undefined) named.set(name, values[index]);
  });
  const [alpha, cutoff, factor] = values.slice(-3);
  if (alpha !== undefined) {
    const [low, high] = asList(alpha);
    named.set("alpha_low", low).set("alpha_high", high);
  }
  const blocks = factor === undefined ? cutoff : effectiveCutoff(factor, named.get("tempo"));
  if (blocks !== undefined) named.set("activity_cutoff", blocks);
  return named;
}

/** The cutoff scales with the tempo since it is dynamic. */
function effectiveCutoff(factorMilli: unknown, tempo: unknown): number {
  const blocks = (asBigint(factorMilli) * asBigint(tempo)) / 1000n;
  return blocks < 1n ? 1 : Number(blocks);
}

function assemble(source: Named): Hyperparameters {
  const rest = new Map(source);
  const take = (name: string): unknown => {
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };
  const number = (name: string) => asNumber(take(name) ?? 0);
  const flag = (name: string) => take(name) === true;
  const optional = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
    value === undefined ? undefined : read(value);
  return {
    tempo: number("tempo"),
    kappa: number("kappa"),
    rho: optional(take("rho"), asNumber),
    immunityPeriod: number("immunity_period"),
    minAllowedWeights: number("min_allowed_weights"),
    maxWeightsLimit: number("max_weights_limit"),
    weightsVersion: asBigint(take("weights_version") ?? 0n),
    weightsRateLimit: number("weights_rate_limit"),
    activityCutoff: number("activity_cutoff"),
    registrationAllowed: flag("registration_allowed"),
    targetRegistrationsPerInterval: number("target_regs_per_interval"),
    maxRegistrationsPerBlock: number("max_regs_per_block"),
    minBurn: asRao(take("min_burn") ?? 0n),
    maxBurn: asRao(take("max_burn") ?? 0n),
    bondsMovingAverage: asBigint(take("bonds_moving_avg") ?? 0n),
    servingRateLimit: number("serving_rate_limit"),
    maxValidators: number("max_validators"),
    commitRevealEnabled: flag("commit_reveal_weights_enabled"),
    commitRevealPeriodEpochs: number("commit_reveal_period"),
    liquidAlphaEnabled: flag("liquid_alpha_enabled"),
    alphaHigh: number("alpha_high"),
    alphaLow: number("alpha_low"),
    yumaVersion: optional(take("yuma_version"), asNumber),
    bondsResetEnabled: optional(take("bonds_reset_enabled"), (value) => value === true),
    subnetIsActive: optional(take("subnet_is_active"), (value) => value === true),
    more: Object.fromEntries([...rest].flatMap(([name, value]) => scalar(name, value))),
  };
}

/** Fixed-point numbers come as `{ bits }`; they stay bits, under their name. */
function scalar(name: string, value: unknown): [string, boolean | number | bigint][] {
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "bigint") {
    return [[name, value]];
  }
  if (typeof value === "object" && value !== null && "bits" in value) {
    return [[name, asBigint(value.bits)]];
  }
  return [];
}
