import {
  type Keypair,
  keypairFromCanonical,
  keypairFromMnemonic,
  keypairFromSeed,
  type Scheme,
} from "@neurond/crypto";
import { CodedError, decodeSs58, encodeSs58 } from "@neurond/primitives";
import type { KeyContents } from "./contents.ts";
import type { WalletCode } from "./errors.ts";

/**
 * Makes the key pair a private key file stands for. Sources are taken in the order mnemonic, seed,
 * private key, and each result is compared with the address the file claims; a source that yields
 * another address is passed over, then the other scheme is tried, and at last the file is refused.
 */
export function resolveKeypair(contents: KeyContents): Keypair {
  const { mnemonic, seed, privateKey } = contents;
  if (mnemonic === undefined && seed === undefined && privateKey === undefined) {
    throw new CodedError<WalletCode>("NO_SECRET", "the key file holds only a public key");
  }
  const claimed = claimedAddress(contents);
  let derived = 0;
  for (const scheme of schemesToTry(contents.scheme)) {
    for (const derive of derivations(contents, scheme)) {
      const keypair = attempt(derive);
      if (keypair === undefined) continue;
      if (claimed === undefined || encodeSs58(keypair.publicKey) === claimed) return keypair;
      keypair.wipe();
      derived += 1;
    }
  }
  if (derived === 0) {
    const text = "no secret of the key file is a valid mnemonic, seed or private key";
    throw new CodedError<WalletCode>("KEYFILE_CORRUPT", text);
  }
  const text = `the key file claims ${claimed}, but its secret belongs to another address`;
  throw new CodedError<WalletCode>("KEYFILE_MISMATCH", text, { claimed });
}

/** The address of a key file that may hold no secret, checked against the secret when it has one. */
export function resolveAddress(contents: KeyContents): string {
  if (contents.mnemonic || contents.seed || contents.privateKey) {
    const keypair = resolveKeypair(contents);
    const address = encodeSs58(keypair.publicKey);
    keypair.wipe();
    return address;
  }
  const address = claimedAddress(contents);
  if (address === undefined) {
    throw new CodedError<WalletCode>("UNKNOWN_FORMAT", "the key file names no public key");
  }
  if (contents.publicKey && encodeSs58(contents.publicKey) !== address) {
    const text = `the key file's public key and its address ${address} differ`;
    throw new CodedError<WalletCode>("KEYFILE_MISMATCH", text, { claimed: address });
  }
  return address;
}

/** Overwrites the byte secrets of a parsed file; its strings are beyond reach and go with the garbage. */
export function wipeContents(contents: KeyContents): void {
  contents.seed?.fill(0);
  contents.privateKey?.fill(0);
}

function claimedAddress(contents: KeyContents): string | undefined {
  const { address, publicKey } = contents;
  if (address === undefined) return publicKey && encodeSs58(publicKey);
  try {
    // Re-encoded, so that a file is compared by key and never by spelling.
    return encodeSs58(decodeSs58(address));
  } catch (cause) {
    const text = "the key file's ss58Address is not an address of this network";
    throw new CodedError<WalletCode>("KEYFILE_CORRUPT", text, {}, { cause });
  }
}

function schemesToTry(declared: Scheme | undefined): readonly Scheme[] {
  return declared === "ed25519" ? ["ed25519", "sr25519"] : ["sr25519", "ed25519"];
}

function* derivations(contents: KeyContents, scheme: Scheme): Generator<() => Keypair> {
  const { mnemonic, seed, privateKey } = contents;
  if (mnemonic !== undefined) yield () => keypairFromMnemonic(mnemonic, scheme);
  if (seed !== undefined) yield () => keypairFromSeed(seed, scheme);
  if (privateKey === undefined) return;
  if (scheme === "ed25519") yield () => keypairFromSeed(privateKey.subarray(0, 32), "ed25519");
  else if (privateKey.length === 64) yield () => keypairFromCanonical(privateKey);
}

/** A source that is no valid secret counts as absent; its error may quote the secret and is dropped. */
function attempt(derive: () => Keypair): Keypair | undefined {
  try {
    return derive();
  } catch {
    return undefined;
  }
}
