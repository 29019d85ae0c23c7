import type { Keypair } from "@neurond/crypto";
import type { WalletWarning } from "./errors.ts";
import { hotkeyFromEnvironment } from "./hotkey-from-environment.ts";
import type { Environment, WalletNames } from "./places.ts";
import { Wallet } from "./wallet.ts";

/** A daemon's hotkey: what the environment carries, else the wallet's. There is nobody to ask for a password. */
export async function openHotkey(
  { name, hotkey, path }: WalletNames,
  env: Environment,
  onWarning: (warning: WalletWarning) => void,
): Promise<Keypair> {
  const carried = await hotkeyFromEnvironment(env, onWarning);
  return carried ?? Wallet.open({ name, hotkey, path, env, onWarning }).hotkeyPair();
}
