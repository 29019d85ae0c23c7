import { CodedError } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import type { CryptoCode } from "./errors.ts";
import { encodeBytes, encodeU16s, encodeU64, ScaleReader } from "./scale.ts";

/** The plaintext of a timelocked weights commit (commit-reveal v4). */
export interface WeightsPayload {
  /** The committer's 32 bytes; absent in the form older clients send. */
  readonly publicKey?: Uint8Array;
  readonly uids: readonly number[];
  readonly values: readonly number[];
  readonly versionKey: bigint;
}

/** Writes the payload as SCALE, with the hotkey: the chain drops a commit whose hotkey differs. */
export function encodeWeightsPayload(payload: Required<WeightsPayload>): Uint8Array {
  return concatBytes(
    encodeBytes(payload.publicKey),
    encodeU16s(payload.uids),
    encodeU16s(payload.values),
    encodeU64(payload.versionKey),
  );
}

/** Reads a payload the way the pallet does: with hotkey, else without; bytes left over are ignored. */
export function decodeWeightsPayload(plaintext: Uint8Array): WeightsPayload {
  const payload = readSigned(plaintext) ?? readWeights(new ScaleReader(plaintext));
  if (payload !== undefined) return payload;
  throw new CodedError<CryptoCode>(
    "PAYLOAD_MALFORMED",
    `plaintext of ${plaintext.length} bytes is not a weights payload`,
  );
}

function readSigned(plaintext: Uint8Array): WeightsPayload | undefined {
  const reader = new ScaleReader(plaintext);
  const publicKey = reader.bytes();
  const weights = publicKey && readWeights(reader);
  return weights && { publicKey, ...weights };
}

function readWeights(reader: ScaleReader): WeightsPayload | undefined {
  const uids = reader.u16s();
  const values = reader.u16s();
  const versionKey = reader.u64();
  if (uids === undefined || values === undefined || versionKey === undefined) return undefined;
  return { uids, values, versionKey };
}
