import { hotkeyFromEnvironment, Wallet } from "@neurond/chain/wallet";
import type { Keypair } from "@neurond/crypto";
import type { Environment } from "@neurond/runtime";
import type { Config } from "./config.ts";

/** The hotkey that the environment carries, else the named wallet's; null leaves findings unsigned. */
export async function openSigner(
  { name, hotkey, path }: Config["wallet"],
  env: Environment,
  onWarning: (warning: { readonly message: string }) => void,
): Promise<Keypair | null> {
  const carried = await hotkeyFromEnvironment(env, onWarning);
  if (carried !== undefined) return carried;
  return name === undefined
    ? null
    : Wallet.open({ name, hotkey, path, env, onWarning }).hotkeyPair();
}
