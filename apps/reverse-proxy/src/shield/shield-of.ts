import type { NeuronRule } from "@neurond/admission";
import type { Logger } from "@neurond/runtime";
import type { Config } from "../config/config.ts";
import { addressKey } from "../policies/address-key.ts";
import type { KnownAddresses } from "../policies/known-addresses.ts";
import type { AllowedDeps } from "./allowed-addresses.ts";
import { openShield, type Shield } from "./shield.ts";

const HOUR_MS = 3_600_000;

export interface ShieldOfOptions extends Pick<AllowedDeps, "subnets"> {
  readonly addresses: KnownAddresses;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** The shield of a configuration, which a reload may replace. */
export function shieldOf(config: () => Config, options: ShieldOfOptions): Promise<Shield> {
  const { directory = null, keepHours } = config().shield;
  return openShield({
    ...options,
    directory,
    keepMs: keepHours * HOUR_MS,
    rule: () => axonRule(config()),
    keyOf: addressKey,
  });
}

/** Whose axons a firewall may let in: validators that may call. */
function axonRule({ shield, policy }: Config): NeuronRule | null {
  const { minStake: minStakeRao, requirePermit, stakeKind } = policy;
  return shield.axons ? { minStakeRao, requirePermit, stakeKind } : null;
}
