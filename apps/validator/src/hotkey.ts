import { hotkeyFromEnvironment, Wallet, type WalletWarning } from "@neurond/chain/wallet";
import type { Keypair } from "@neurond/crypto";
import type { Environment } from "@neurond/runtime";
import type { Config } from "./config.ts";

/** The hotkey that the environment carries, else the wallet's. There is nobody to ask for a password. */
export async function openHotkey(
  { name, hotkey, path }: Config["wallet"],
  env: Environment,
  onWarning: (warning: WalletWarning) => void,
): Promise<Keypair> {
  const carried = await hotkeyFromEnvironment(env, onWarning);
  return carried ?? Wallet.open({ name, hotkey, path, env, onWarning }).hotkeyPair();
}
