import { CodedError, fromHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { CryptoCode } from "./errors.ts";
import { miniSecretFromMnemonic } from "./mnemonic.ts";
import { encodeBytes, encodeU64 } from "./scale.ts";

/** One step of a derivation path. */
export interface Junction {
  readonly hard: boolean;
  /** 32 bytes. */
  readonly chainCode: Uint8Array;
}

/** Where a secret URI starts and which way it goes from there. */
export interface SecretUri {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly junctions: readonly Junction[];
}

/** The phrase everybody knows, used by a URI without one; its keys hold no value anywhere. */
const DEV_PHRASE = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
/** The phrase without a password, stretched: doing it for each `//Alice` would cost 40 ms. */
const DEV_SEED = "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";

const URI = /^(?<phrase>[\w ]*)(?<path>(?:\/\/?[^/]+)*)(?:\/\/\/(?<password>.*))?$/su;
const STEP = /\/(?<hard>\/?)(?<code>[^/]+)/gu;
const SEED = /^0x[0-9a-fA-F]{64}$/;
const MAX_U64 = 2n ** 64n - 1n;

/** Reads a Substrate secret URI: `<mnemonic or 0x seed>//hard/soft///password`, as in sp-core. */
export function parseSecretUri(uri: string): SecretUri {
  const groups = URI.exec(uri)?.groups;
  if (groups === undefined) {
    // The URI is a secret: nothing of it is quoted.
    throw new CodedError<CryptoCode>(
      "SECRET_URI_INVALID",
      "not a secret URI: write it as <mnemonic or 0x seed>//hard/soft///password",
    );
  }
  const { phrase = "", path = "", password } = groups;
  return {
    seed: readSeed(phrase, password),
    junctions: [...path.matchAll(STEP)].map(readJunction),
  };
}

function readSeed(phrase: string, password: string | undefined): Uint8Array {
  if (SEED.test(phrase)) return fromHex(phrase);
  // Read anew each time: a keypair that is wiped overwrites its seed.
  if (phrase === "" && password === undefined) return fromHex(DEV_SEED);
  return miniSecretFromMnemonic(phrase === "" ? DEV_PHRASE : phrase, password);
}

function readJunction(step: RegExpExecArray): Junction {
  const code = step.groups?.["code"] ?? "";
  return { hard: step.groups?.["hard"] === "/", chainCode: chainCodeOf(code) };
}

/** A u64 is written as one, other text as SCALE text; what does not fit into 32 bytes is hashed. */
function chainCodeOf(code: string): Uint8Array {
  const encoded = encodeU64OrText(code);
  if (encoded.length > 32) return blake2b(encoded, { dkLen: 32 });
  const chainCode = new Uint8Array(32);
  chainCode.set(encoded);
  return chainCode;
}

function encodeU64OrText(code: string): Uint8Array {
  const number = /^\+?\d+$/.test(code) ? BigInt(code.replace("+", "")) : undefined;
  if (number !== undefined && number <= MAX_U64) return encodeU64(number);
  return encodeBytes(utf8ToBytes(code));
}
