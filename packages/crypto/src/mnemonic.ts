import { CodedError } from "@neurond/primitives";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { CryptoCode } from "./errors.ts";

const ROUNDS = 2048;
const MINI_SECRET_BYTES = 32;

/**
 * The 32-byte seed of an English BIP39 mnemonic, the Substrate way: PBKDF2 runs over the entropy,
 * not over the words, so other wallets' seeds for the same words differ.
 */
export function miniSecretFromMnemonic(mnemonic: string, password = ""): Uint8Array {
  const entropy = readEntropy(mnemonic.trim().split(/\s+/).join(" "));
  const salt = utf8ToBytes(`mnemonic${password}`);
  const seed = pbkdf2(sha512, entropy, salt, { c: ROUNDS, dkLen: 64 });
  entropy.fill(0);
  return seed.slice(0, MINI_SECRET_BYTES);
}

function readEntropy(mnemonic: string): Uint8Array {
  try {
    return mnemonicToEntropy(mnemonic, wordlist);
  } catch {
    // The library's error may quote a word, so it is not kept as the cause.
    throw new CodedError<CryptoCode>(
      "SECRET_INVALID",
      "the mnemonic is not 12, 15, 18, 21 or 24 English BIP39 words with a right checksum",
    );
  }
}
