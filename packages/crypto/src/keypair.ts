import { CodedError, encodeSs58 } from "@neurond/primitives";
import { ed25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { getPublicKey, HDKD, secretFromSeed, sign } from "@scure/sr25519";
import { fromCanonical, toCanonical } from "./canonical-secret.ts";
import type { CryptoCode } from "./errors.ts";
import { miniSecretFromMnemonic } from "./mnemonic.ts";
import { encodeBytes } from "./scale.ts";
import { type Junction, parseSecretUri } from "./secret-uri.ts";

/** Signature schemes of accounts that can sign here. */
export type Scheme = "sr25519" | "ed25519";

const SEED_BYTES = 32;
/**
 * Signing and soft derivation mix the secret nonce and the message into their transcript, so that
 * a constant here makes both deterministic (as in ed25519) and leaks nothing.
 */
const NO_RANDOMNESS = new Uint8Array(32);

/** A key that signs; however it is printed or serialised, only its public ss58 text shows. */
export class Keypair {
  readonly scheme: Scheme;
  readonly publicKey: Uint8Array;
  /** sr25519: 64 bytes, scalar · 8 ‖ nonce. ed25519: the 32-byte seed. Empty once wiped. */
  #secret: Uint8Array;

  /** Takes the secret over: `wipe` overwrites these very bytes. */
  constructor(scheme: Scheme, secret: Uint8Array) {
    this.scheme = scheme;
    this.#secret = secret;
    this.publicKey = scheme === "sr25519" ? getPublicKey(secret) : ed25519.getPublicKey(secret);
  }

  /**
   * Signs a message, 64 bytes; sr25519 in the context `substrate`.
   * The same message gives the same signature unless 32 random bytes are given (sr25519 only).
   */
  sign(message: Uint8Array, random: Uint8Array = NO_RANDOMNESS): Uint8Array {
    const secret = this.#require();
    return this.scheme === "sr25519"
      ? sign(secret, message, random)
      : ed25519.sign(message, secret);
  }

  /** The secret as keyfiles hold it: 64 canonical bytes (sr25519) or the 32-byte seed (ed25519). */
  exportSecret(): Uint8Array {
    const secret = this.#require();
    return this.scheme === "sr25519" ? toCanonical(secret) : Uint8Array.from(secret);
  }

  /** Overwrites the secret; signing afterwards is an error. Copies made by the engine may survive. */
  wipe(): void {
    this.#secret.fill(0);
    this.#secret = new Uint8Array(0);
  }

  toString(): string {
    return encodeSs58(this.publicKey);
  }

  toJSON(): string {
    return this.toString();
  }

  /** Shown by Node's `util.inspect` and `console.log`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Keypair(${this.scheme} ${this.toString()})`;
  }

  #require(): Uint8Array {
    if (this.#secret.length > 0) return this.#secret;
    throw new CodedError<CryptoCode>(
      "KEYPAIR_WIPED",
      `the secret of ${this} was wiped: load it again`,
    );
  }
}

/** The keypair of a 32-byte seed (Substrate: mini-secret). */
export function keypairFromSeed(seed: Uint8Array, scheme: Scheme = "sr25519"): Keypair {
  if (seed.length !== SEED_BYTES) {
    throw new CodedError<CryptoCode>(
      "SECRET_INVALID",
      `${seed.length} bytes given: a seed has ${SEED_BYTES}`,
    );
  }
  return new Keypair(scheme, scheme === "sr25519" ? secretFromSeed(seed) : Uint8Array.from(seed));
}

/** The keypair of an English BIP39 mnemonic. */
export function keypairFromMnemonic(
  mnemonic: string,
  scheme: Scheme = "sr25519",
  password = "",
): Keypair {
  return keypairFromSeed(miniSecretFromMnemonic(mnemonic, password), scheme);
}

/** The keypair of a Substrate secret URI such as `//Alice` or `<mnemonic>//hard/soft///password`. */
export function keypairFromUri(uri: string, scheme: Scheme = "sr25519"): Keypair {
  const { seed, junctions } = parseSecretUri(uri);
  const root = scheme === "sr25519" ? secretFromSeed(seed) : seed;
  const derive = scheme === "sr25519" ? deriveSr25519 : deriveEd25519;
  return new Keypair(scheme, junctions.reduce(derive, root));
}

/** The sr25519 keypair of a keyfile's `privateKey`: 64 bytes, canonical scalar ‖ nonce. */
export function keypairFromCanonical(canonical: Uint8Array): Keypair {
  return new Keypair("sr25519", fromCanonical(canonical));
}

function deriveSr25519(secret: Uint8Array, { hard, chainCode }: Junction): Uint8Array {
  return hard
    ? HDKD.secretHard(secret, chainCode)
    : HDKD.secretSoft(secret, chainCode, NO_RANDOMNESS);
}

function deriveEd25519(seed: Uint8Array, { hard, chainCode }: Junction): Uint8Array {
  if (!hard) {
    throw new CodedError<CryptoCode>(
      "SECRET_URI_INVALID",
      "ed25519 has no soft derivation: use // instead of / in the secret URI",
    );
  }
  const domain = encodeBytes(utf8ToBytes("Ed25519HDKD"));
  return blake2b(concatBytes(domain, seed, chainCode), { dkLen: 32 });
}
