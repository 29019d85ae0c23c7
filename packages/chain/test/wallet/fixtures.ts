import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { Wallet, type WalletOptions } from "../../src/wallet/index.ts";
import vectors from "../vectors/keyfiles.json" with { type: "json" };

export { vectors };

/** A directory of its own for one test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "neurond-wallet-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes files into a new wallet root and opens its default wallet. */
export async function walletWith(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<WalletOptions> = {},
): Promise<Wallet> {
  const path = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, "default", name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
  }
  return Wallet.open({ path, env: {}, ...options });
}

/** The address a wallet's hotkey file stands for. */
export async function hotkeyAddressOf(content: string | Uint8Array): Promise<string> {
  const wallet = await walletWith({ "hotkeys/default": content });
  return wallet.hotkeyAddress();
}
