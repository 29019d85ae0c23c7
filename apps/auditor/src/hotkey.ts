import { hotkeyFromEnvironment, openHotkey, type WalletWarning } from "@neurond/chain/wallet";
import type { Keypair } from "@neurond/crypto";
import type { Environment } from "@neurond/runtime";
import type { Config } from "./config.ts";

/** The hotkey that the environment carries, else the named wallet's; null leaves findings unsigned. */
export async function openSigner(
  wallet: Config["wallet"],
  env: Environment,
  onWarning: (warning: WalletWarning) => void,
): Promise<Keypair | null> {
  if (wallet.name !== undefined) return openHotkey(wallet, env, onWarning);
  return (await hotkeyFromEnvironment(env, onWarning)) ?? null;
}
