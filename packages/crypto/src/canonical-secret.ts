import { CodedError } from "@neurond/primitives";
import { ristretto255 } from "@noble/curves/ed25519.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { CryptoCode } from "./errors.ts";

const SECRET_BYTES = 64;
const SCALAR_BYTES = 32;
const COFACTOR = 8;

/**
 * The secret as schnorrkel and Bittensor keyfiles spell it (scalar ‖ nonce), from the spelling that
 * polkadot-js and @scure use (scalar · 8 ‖ nonce).
 */
export function toCanonical(expanded: Uint8Array): Uint8Array {
  requireSecret(expanded);
  const canonical = Uint8Array.from(expanded);
  let carry = 0;
  for (let index = SCALAR_BYTES - 1; index >= 0; index--) {
    const value = carry * 256 + (expanded[index] ?? 0);
    canonical[index] = Math.floor(value / COFACTOR);
    carry = value % COFACTOR;
  }
  return canonical;
}

/** The inverse of `toCanonical`; a scalar that is zero or not reduced is refused. */
export function fromCanonical(canonical: Uint8Array): Uint8Array {
  requireSecret(canonical);
  const scalar = BigInt(`0x${bytesToHex(canonical.subarray(0, SCALAR_BYTES).toReversed())}`);
  if (scalar === 0n || scalar >= ristretto255.Point.Fn.ORDER) {
    throw invalid(
      "the scalar is zero or not reduced: the bytes are not a canonical sr25519 secret",
    );
  }
  const expanded = Uint8Array.from(canonical);
  let carry = 0;
  for (let index = 0; index < SCALAR_BYTES; index++) {
    const value = (canonical[index] ?? 0) * COFACTOR + carry;
    expanded[index] = value & 0xff;
    carry = value >> 8;
  }
  return expanded;
}

function requireSecret(secret: Uint8Array): void {
  if (secret.length !== SECRET_BYTES) {
    throw invalid(`${secret.length} bytes given: an sr25519 secret has ${SECRET_BYTES}`);
  }
}

function invalid(message: string): CodedError<CryptoCode> {
  return new CodedError("SECRET_INVALID", message);
}
