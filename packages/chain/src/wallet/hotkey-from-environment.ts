import {
  type Keypair,
  keypairFromMnemonic,
  keypairFromSeed,
  keypairFromUri,
} from "@neurond/crypto";
import { CodedError, fromHex } from "@neurond/primitives";
import type { WalletCode, WalletWarning } from "./errors.ts";
import { openKeyfile } from "./open-keyfile.ts";
import { type Environment, expandHome, firstSet } from "./places.ts";
import { resolveKeypair, wipeContents } from "./resolve.ts";

/** Variables that carry a hotkey for services without a wallet directory. */
export const HOTKEY_VARIABLES = {
  file: ["BT_HOTKEY_FILE", "EPISTULA_HOTKEY_PATH"],
  mnemonic: ["BT_HOTKEY_MNEMONIC", "EPISTULA_SIGNING_MNEMONIC", "ORCHESTRATOR_SIGNING_MNEMONIC"],
  seed: ["BT_HOTKEY_SEED"],
  uri: ["BT_HOTKEY_URI"],
} as const;

/** The hotkey that the environment carries: a key file, a mnemonic, a seed or a URI; undefined when none is set. */
export async function hotkeyFromEnvironment(
  env: Environment,
  onWarning?: (warning: WalletWarning) => void,
): Promise<Keypair | undefined> {
  const file = firstSet(env, HOTKEY_VARIABLES.file);
  if (file !== undefined) {
    const path = expandHome(file, env);
    const contents = await openKeyfile({ path, role: "private", env, onWarning });
    try {
      return resolveKeypair(contents);
    } finally {
      wipeContents(contents);
    }
  }
  const mnemonic = firstSet(env, HOTKEY_VARIABLES.mnemonic);
  if (mnemonic !== undefined) return parsed("mnemonic", () => keypairFromMnemonic(mnemonic.trim()));
  const seed = firstSet(env, HOTKEY_VARIABLES.seed);
  if (seed !== undefined) return parsed("seed", () => keypairFromSeed(fromHex(seed.trim())));
  const uri = firstSet(env, HOTKEY_VARIABLES.uri);
  if (uri !== undefined) return parsed("uri", () => keypairFromUri(uri.trim()));
  return undefined;
}

/** An invalid secret is reported by the variables that may hold it; the parser's error could quote it. */
function parsed(kind: "mnemonic" | "seed" | "uri", parse: () => Keypair): Keypair {
  try {
    return parse();
  } catch {
    const names = HOTKEY_VARIABLES[kind].join(" or ");
    throw new CodedError<WalletCode>("SECRET_INVALID", `${names} holds no valid ${kind}`);
  }
}
