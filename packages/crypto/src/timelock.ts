import { CodedError } from "@neurond/primitives";
import { gcm } from "@noble/ciphers/aes.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { type G1Point, readG1, readG2 } from "./bls-point.ts";
import { roundPoint } from "./drand.ts";
import type { CryptoCode } from "./errors.ts";
import { decodeContainer, encodeContainer } from "./timelock-container.ts";

const { fields, G2, millerLoopBatch, pairing, utils } = bls12_381;
const { Fp12, Fr } = fields;
type Target = ReturnType<typeof pairing>;
type PreparedKey = ReturnType<typeof utils.calcPairingPrecomputes>;

/** What to encrypt, until when, and the randomness to do it with. */
export interface TimelockInput {
  readonly plaintext: Uint8Array;
  /** The drand round whose signature opens it. */
  readonly round: number | bigint;
  /** The drand network's key, compressed G2, 96 bytes. */
  readonly publicKey: Uint8Array;
  /** AES key: 32 random bytes, used once. */
  readonly key: Uint8Array;
  /** 32 random bytes, used once. */
  readonly sigma: Uint8Array;
  /** GCM nonce: 12 random bytes. */
  readonly nonce: Uint8Array;
}

/** Encrypts so that only the signature of a future drand round opens it; 244 bytes longer. */
export function timelockEncrypt(input: TimelockInput): Uint8Array {
  const { plaintext, key, sigma, nonce } = input;
  requireLength(key, 32, "key");
  requireLength(sigma, 32, "sigma");
  requireLength(nonce, 12, "nonce");
  const r = blindingScalar(sigma, key);
  // e(Q, r·PK) = e(r·Q, PK): the key then stays the same for every message and is prepared once.
  const gt = pairPrepared(roundPoint(input.round).multiply(r), prepareKey(input.publicKey));
  return encodeContainer({
    u: G2.Point.BASE.multiply(r).toBytes(),
    v: xor(sigma, sha256(serializeTarget(gt))),
    w: xor(key, sha256(sigma)),
    sealed: gcm(key, nonce).encrypt(plaintext),
    nonce,
  });
}

/** Opens a container with the 48-byte signature of its round; every refusal is a `TIMELOCK_` code. */
export function timelockDecrypt(container: Uint8Array, signature: Uint8Array): Uint8Array {
  const { u, v, w, sealed, nonce } = decodeContainer(container);
  const point = readG2(u) ?? refusePoint("TIMELOCK_MALFORMED", "U");
  const pulse = readG1(signature) ?? refusePoint("TIMELOCK_SIGNATURE_INVALID", "signature");
  const sigma = xor(v, sha256(serializeTarget(pairing(pulse, point))));
  const key = xor(w, sha256(sigma));
  if (!G2.Point.BASE.multiply(blindingScalar(sigma, key)).equals(point)) {
    throw new CodedError<CryptoCode>(
      "TIMELOCK_WRONG_ROUND",
      "the signature is not of the round this container waits for, or the container was altered",
    );
  }
  try {
    return gcm(key, nonce).decrypt(sealed);
  } catch {
    throw new CodedError<CryptoCode>("TIMELOCK_TAMPERED", "the ciphertext was altered");
  }
}

/** r = SHA-256(sigma ‖ key), big-endian, modulo the group order. */
function blindingScalar(sigma: Uint8Array, key: Uint8Array): bigint {
  return Fr.create(BigInt(`0x${bytesToHex(sha256(concatBytes(sigma, key)))}`));
}

/** The twelve base-field elements in tower order c0.c0.c0 to c1.c2.c1, each little-endian. */
function serializeTarget(gt: Target): Uint8Array {
  const elements = [gt.c0, gt.c1]
    .flatMap((six) => [six.c0, six.c1, six.c2])
    .flatMap((two) => [two.c0, two.c1]);
  return concatBytes(...elements.map((element) => fields.Fp.toBytes(element).reverse()));
}

/** Prepared public keys by their bytes; a process meets one network, tests a few. */
const preparedKeys = new Map<string, PreparedKey>();
const MAX_PREPARED_KEYS = 8;

/** Decoding, checking and preparing a key costs a third of an encryption. */
function prepareKey(publicKey: Uint8Array): PreparedKey {
  const name = bytesToHex(publicKey);
  const known = preparedKeys.get(name);
  if (known !== undefined) return known;
  const point = readG2(publicKey) ?? refusePoint("TIMELOCK_INPUT_INVALID", "public key");
  const prepared = utils.calcPairingPrecomputes(point);
  if (preparedKeys.size >= MAX_PREPARED_KEYS) preparedKeys.clear();
  preparedKeys.set(name, prepared);
  return prepared;
}

function pairPrepared(point: G1Point, key: PreparedKey): Target {
  const { x, y } = point.toAffine();
  return Fp12.finalExponentiate(millerLoopBatch([[key, x, y]]));
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ (b[index] ?? 0));
}

function refusePoint(code: CryptoCode, what: string): never {
  throw new CodedError<CryptoCode>(code, `timelock ${what} is not a point of its group`);
}

function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length === length) return;
  throw new CodedError<CryptoCode>(
    "TIMELOCK_INPUT_INVALID",
    `timelock ${what} has ${bytes.length} bytes: give ${length}`,
  );
}
