import { hotkeyFromEnvironment, openHotkey, type WalletWarning } from "@neurond/chain/wallet";
import { type Keypair, keypairFromSeed } from "@neurond/crypto";
import { CodedError, fromHex, hotkeyOf } from "@neurond/primitives";
import type { Environment } from "@neurond/runtime";
import type { Config } from "../config.ts";
import type { AuditorCode } from "../errors.ts";
import type { SetWeightsSection } from "./section.ts";

/** Where a hotkey may be found, safest first. */
export interface SignerSources {
  readonly wallet: Config["wallet"];
  readonly section: Pick<SetWeightsSection, "ss58_address" | "secret_seed">;
  readonly env: Environment;
  readonly onWarning: (warning: { readonly message: string }) => void;
}

const SEED_WARNING =
  "set_weights.secret_seed stands in the configuration: whoever reads the file can sign as this hotkey; " +
  "use BT_HOTKEY_FILE or the wallet section, and delete the seed from the file";

/**
 * The hotkey that sets weights: what the environment carries, the named wallet, and only then the seed in
 * the configuration, with a warning.
 *
 * @throws CodedError WEIGHTS_KEY_MISSING, WEIGHTS_KEY_INVALID, and those of wallets
 */
export async function openWeightsSigner(sources: SignerSources): Promise<Keypair> {
  const { section, onWarning } = sources;
  if (section.secret_seed !== undefined) onWarning({ message: SEED_WARNING });
  const pair = (await safeKey(sources, onWarning)) ?? seedKey(section);
  const expected = section.ss58_address;
  if (expected === undefined || hotkeyOf(pair.publicKey) === expected) return pair;
  pair.wipe();
  throw new CodedError<AuditorCode>(
    "WEIGHTS_KEY_INVALID",
    `the key that signs is not set_weights.ss58_address ${expected}`,
    { expected },
  );
}

async function safeKey(
  { wallet, env }: SignerSources,
  onWarning: (warning: WalletWarning) => void,
): Promise<Keypair | undefined> {
  if (wallet.name !== undefined) return openHotkey(wallet, env, onWarning);
  return hotkeyFromEnvironment(env, onWarning);
}

function seedKey({ secret_seed: seed }: SignerSources["section"]): Keypair {
  if (seed === undefined) {
    throw new CodedError<AuditorCode>(
      "WEIGHTS_KEY_MISSING",
      "set_weights is enabled and no hotkey is given: set wallet.name or BT_HOTKEY_FILE",
    );
  }
  try {
    const text = seed.reveal().trim();
    return keypairFromSeed(fromHex(text.startsWith("0x") ? text : `0x${text}`));
  } catch {
    // The cause could quote the seed.
    throw new CodedError<AuditorCode>(
      "WEIGHTS_KEY_INVALID",
      "set_weights.secret_seed is no seed of 32 bytes in hex",
    );
  }
}
