import { access, rm } from "node:fs/promises";
import { type Keypair, keypairFromMnemonic, keypairFromSeed, type Scheme } from "@neurond/crypto";
import { CodedError, encodeSs58, toHex } from "@neurond/primitives";
import { generateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { WalletCode } from "./errors.ts";
import { encryptNacl } from "./nacl.ts";
import type { WalletPlaces } from "./places.ts";
import { writeAtomically } from "./write-file.ts";

/** Where a new key comes from; a pair made of a derivation path has neither mnemonic nor seed to keep. */
export type KeySource =
  | { readonly mnemonic: string; readonly scheme?: Scheme }
  | { readonly seed: Uint8Array; readonly scheme?: Scheme }
  | { readonly keypair: Keypair };

/** How a key is written. */
export interface WriteOptions {
  /** Replaces an existing key, which is lost for ever unless it was kept elsewhere. */
  readonly overwrite?: boolean;
  /** Seals the private file with `$NACL`; without it the file is plain, as hotkeys are. */
  readonly password?: string;
}

/** Twelve (or more) new BIP39 words from the system's random source. */
export function newMnemonic(words: 12 | 15 | 18 | 21 | 24 = 12): string {
  return generateMnemonic(wordlist, (words / 3) * 32);
}

/** Writes `hotkeys/<name>` and `<name>pub.txt` so that btcli of every version reads them; returns the address. */
export function writeHotkey(
  places: WalletPlaces,
  source: KeySource,
  options: WriteOptions = {},
): Promise<string> {
  return writePair(places.hotkey, places.hotkeypub, source, options);
}

/** Writes `coldkey` and `coldkeypub.txt`; give a password unless the key is worthless. Returns the address. */
export function writeColdkey(
  places: WalletPlaces,
  source: KeySource,
  options: WriteOptions = {},
): Promise<string> {
  return writePair(places.coldkey, places.coldkeypub, source, options);
}

/** Writes `coldkeypub.txt` alone: a wallet that can be watched and whose hotkeys work, without the coldkey. */
export async function writeColdkeyPublic(
  places: WalletPlaces,
  publicKey: Uint8Array,
  options: Pick<WriteOptions, "overwrite"> = {},
): Promise<void> {
  const overwrite = options.overwrite ?? false;
  await writeAtomically(places.coldkeypub, encode(publicFields(publicKey)), { overwrite });
}

async function writePair(
  path: string,
  publicPath: string,
  source: KeySource,
  options: WriteOptions,
): Promise<string> {
  const overwrite = options.overwrite ?? false;
  if (!overwrite) await refuseExisting(path, publicPath);
  const keypair = keypairOf(source);
  const plain = encode(privateFields(keypair, source));
  try {
    const sealed =
      options.password === undefined ? plain : await encryptNacl(plain, options.password);
    // A crash in between leaves a key without its public copy, which readers allow, never beside a stale one.
    if (overwrite) await rm(publicPath, { force: true });
    await writeAtomically(path, sealed, { overwrite });
    await writeAtomically(publicPath, encode(publicFields(keypair.publicKey)), { overwrite });
    return encodeSs58(keypair.publicKey);
  } finally {
    plain.fill(0);
    if (!("keypair" in source)) keypair.wipe();
  }
}

async function refuseExisting(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (!found) continue;
    const text = `${path} exists already; it is replaced only with --overwrite`;
    throw new CodedError<WalletCode>("FILE_EXISTS", text, { path });
  }
}

function keypairOf(source: KeySource): Keypair {
  if ("keypair" in source) return source.keypair;
  if ("mnemonic" in source) return keypairFromMnemonic(source.mnemonic, source.scheme);
  return keypairFromSeed(source.seed, source.scheme);
}

function privateFields(keypair: Keypair, source: KeySource): object {
  return {
    ...publicFields(keypair.publicKey),
    privateKey: toHex(keypair.exportSecret()),
    ...("mnemonic" in source && { secretPhrase: source.mnemonic }),
    ...("seed" in source && { secretSeed: toHex(source.seed) }),
    // btwallet up to 4.0 reads only strings: the number is written where the scheme cannot be guessed.
    ...(keypair.scheme === "ed25519" && { cryptoType: 0 }),
  };
}

function publicFields(publicKey: Uint8Array): object {
  const hex = toHex(publicKey);
  return { accountId: hex, publicKey: hex, ss58Address: encodeSs58(publicKey) };
}

function encode(fields: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(fields));
}
