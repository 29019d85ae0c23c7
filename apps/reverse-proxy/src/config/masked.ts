import type { Config } from "./config.ts";

/** Short enough to guess the rest of: nothing of it is shown. */
const MIN_SHOWN = 9;

/** The configuration as it may be printed: secrets and our own hotkeys masked. */
export function maskedConfig(config: Config): object {
  const { auth, policy } = config;
  return {
    ...config,
    auth: { ...auth, miner_hotkey: auth.miner_hotkey.map(mask) },
    // Money is a bigint, which JSON has no word for.
    policy: { ...policy, minStake: policy.minStake.toString() },
    tenants: config.tenants.map((tenant) => ({ ...tenant, hotkey: mask(tenant.hotkey) })),
  };
}

/** `abcd...wxyz`, or stars for what is short. */
function mask(text: string): string {
  return text.length < MIN_SHOWN ? "***" : `${text.slice(0, 4)}...${text.slice(-4)}`;
}
