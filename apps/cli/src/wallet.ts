import { hotkeyFromEnvironment, Wallet, type WalletWarning } from "@neurond/chain/wallet";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import type { Call } from "./call.ts";
import type { SharedOptionName } from "./options.ts";

/** Shared options of commands that name a wallet. */
export const WALLET_OPTIONS = [
  "wallet.name",
  "wallet.hotkey",
  "wallet.path",
] as const satisfies readonly SharedOptionName[];

/** Shared options of commands that sign. */
export const SIGNER_OPTIONS = [
  ...WALLET_OPTIONS,
  "wallet.password-file",
  "uri",
] as const satisfies readonly SharedOptionName[];

/** The wallet a call names; nothing is read yet. */
export function walletOf(call: Call, passwordFile?: string): Wallet {
  return Wallet.open({
    name: call.text("wallet.name"),
    hotkey: call.text("wallet.hotkey"),
    path: call.text("wallet.path"),
    env: call.env,
    passwords: { passwordFile, prompt: call.askHidden },
    onWarning: warner(call),
  });
}

/**
 * The key pair a call signs with: `--uri`; for a hotkey, when no flag names a wallet, the one that the
 * environment carries; else the wallet's. Wipe it after use.
 */
export async function signerOf(call: Call, which: "hotkey" | "coldkey"): Promise<Keypair> {
  const uri = call.given("uri");
  if (uri !== undefined) return keypairFromUri(uri);
  const namesWallet = WALLET_OPTIONS.some((name) => call.given(name) !== undefined);
  if (which === "hotkey" && !namesWallet) {
    const carried = await hotkeyFromEnvironment(call.env, warner(call));
    if (carried !== undefined) return carried;
  }
  const wallet = walletOf(call, call.text("wallet.password-file"));
  const opening = which === "hotkey" ? wallet.hotkeyPair() : wallet.unlockColdkey();
  return call.progress(`opening the ${which}`, opening);
}

function warner(call: Call): (warning: WalletWarning) => void {
  return ({ message }) => call.note(`warning: ${message}`);
}
