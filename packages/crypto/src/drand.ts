import { CodedError, fromHex, QUICKNET_CLOCK } from "@neurond/primitives";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { type G1Point, readG1, readG2 } from "./bls-point.ts";
import type { CryptoCode } from "./errors.ts";
import { encodeU64 } from "./scale.ts";

const { shortSignatures, utils } = bls12_381;

/** Of the scheme bls-unchained-g1-rfc9380, which quicknet uses. */
const DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/** drand quicknet, the network whose pulses open timelocked commits (also `Drand.BeaconConfig`). */
export const QUICKNET = {
  ...QUICKNET_CLOCK,
  /** Compressed G2, 96 bytes. */
  publicKey: fromHex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
      "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  ),
  chainHash: fromHex("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
};

/** A key pair that can play drand for a development chain. */
export interface DrandKey {
  /** Scalar, 32 bytes big-endian. */
  readonly secret: Uint8Array;
  /** Compressed G2, 96 bytes. */
  readonly publicKey: Uint8Array;
}

/** Derives a drand key from any seed; for development chains only, a real network shares its secret. */
export function drandKeyFromSeed(seed: Uint8Array): DrandKey {
  const wide = sha512(concatBytes(utf8ToBytes("neurond/drand-key/v1\n"), seed));
  const secret = utils.randomSecretKey(wide.subarray(0, 48));
  return { secret, publicKey: shortSignatures.getPublicKey(secret).toBytes() };
}

/** Signs a round: the pulse's signature, compressed G1, 48 bytes. */
export function signRound(secret: Uint8Array, round: number | bigint): Uint8Array {
  return shortSignatures.sign(roundPoint(round), secret).toBytes();
}

/** Whether `signature` is the network's pulse for `round`; a malformed key or signature is `false`. */
export function verifyRound(
  publicKey: Uint8Array,
  round: number | bigint,
  signature: Uint8Array,
): boolean {
  const point = readG1(signature);
  const key = readG2(publicKey);
  if (point === undefined || key === undefined) return false;
  return shortSignatures.verify(point, roundPoint(round), key);
}

/** The randomness of a pulse: SHA-256 of its signature. */
export function roundRandomness(signature: Uint8Array): Uint8Array {
  return sha256(signature);
}

/** What a round signs: SHA-256 of its number as eight bytes, big-endian; the first round is 1. */
export function roundIdentity(round: number | bigint): Uint8Array {
  const number = Number.isSafeInteger(round) || typeof round === "bigint" ? BigInt(round) : 0n;
  if (number < 1n) {
    throw new CodedError<CryptoCode>("VALUE_OUT_OF_RANGE", `${round} is not the number of a round`);
  }
  return sha256(encodeU64(number).reverse());
}

/** The identity of a round as a point of G1. */
export function roundPoint(round: number | bigint): G1Point {
  return shortSignatures.hash(roundIdentity(round), DST);
}
