import { CodedError, fromHex, type Hex, toHex } from "@neurond/primitives";
import { compactBn, compactNumber } from "@polkadot-api/substrate-bindings";
import type { DevnetCode } from "../errors.ts";
import type { NestedCall } from "../frame/dispatch.ts";
import { decode } from "../scale/decode.ts";
import { type multiAddress, multiSignature } from "../scale/known.ts";
import type { Type, ValueOf } from "../scale/type.ts";
import { ByteReader } from "./byte-reader.ts";
import { concat } from "./bytes.ts";
import { decodeEra, type Era, encodeEra } from "./era.ts";

export type MultiAddress = ValueOf<typeof multiAddress>;
export type MultiSignature = ValueOf<typeof multiSignature>;

/** What the transaction extensions carry inside an extrinsic, in their order. */
export interface Extra {
  readonly era: Era;
  readonly nonce: number;
  readonly tip: bigint;
  /** Whether the signer checked a hash of the metadata. */
  readonly metadataHash: boolean;
}

export interface SignedExtrinsic {
  readonly kind: "signed";
  readonly address: MultiAddress;
  readonly signature: MultiSignature;
  readonly extra: Extra;
  /** As they stand in the extrinsic: the signature covers exactly these bytes. */
  readonly extraBytes: Uint8Array;
  readonly callBytes: Uint8Array;
  readonly call: NestedCall;
}

/** An inherent, or an unsigned call that its pallet judges itself. */
export interface BareExtrinsic {
  readonly kind: "bare";
  readonly callBytes: Uint8Array;
  readonly call: NestedCall;
}

export type Extrinsic = SignedExtrinsic | BareExtrinsic;

const SIGNED_V4 = 0x84;
const BARE_V4 = 0x04;
const BARE_V5 = 0x05;
const MAX_U32 = 0xffff_ffffn;
const MAX_U64 = 2n ** 64n - 1n;

/**
 * Reads an extrinsic with its length prefix. Bytes that would be written differently are refused,
 * as a length that does not fit: an extrinsic has one spelling and so one hash.
 *
 * @throws CodedError EXTRINSIC_INVALID
 */
export function decodeExtrinsic(bytes: Uint8Array, runtimeCall: Type<NestedCall>): Extrinsic {
  try {
    return read(bytes, runtimeCall);
  } catch (cause) {
    throw new CodedError<DevnetCode>(
      "EXTRINSIC_INVALID",
      `extrinsic of ${bytes.length} bytes does not decode: encode it with this chain's metadata`,
      { reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

function read(bytes: Uint8Array, runtimeCall: Type<NestedCall>): Extrinsic {
  const reader = new ByteReader(bytes);
  const length = Number(reader.compact());
  if (length !== bytes.length - reader.offset) throw new RangeError("length prefix does not fit");
  const version = reader.byte();
  if (version === BARE_V4 || version === BARE_V5) {
    return { kind: "bare", ...readCall(reader, runtimeCall) };
  }
  if (version !== SIGNED_V4) throw new RangeError(`unknown format 0x${version.toString(16)}`);
  const address = readAddress(reader);
  const signature = readSignature(reader);
  const start = reader.offset;
  const extra = readExtra(reader);
  const extraBytes = bytes.slice(start, reader.offset);
  return {
    kind: "signed",
    address,
    signature,
    extra,
    extraBytes,
    ...readCall(reader, runtimeCall),
  };
}

function readCall(reader: ByteReader, runtimeCall: Type<NestedCall>) {
  const callBytes = reader.rest();
  const call = decode(runtimeCall, callBytes);
  // The codec library ignores what follows a value and is lenient about short byte strings.
  if (Buffer.compare(runtimeCall.codec.enc(call), callBytes) !== 0) {
    throw new RangeError("call is not in its canonical encoding");
  }
  return { callBytes, call };
}

const ADDRESS_BYTES = [32, 0, undefined, 32, 20] as const;

function readAddress(reader: ByteReader): MultiAddress {
  const tag = reader.byte();
  if (tag === 1) reader.compact();
  if (tag === 1) return { tag: "Index", value: undefined };
  if (tag === 2) return { tag: "Raw", value: reader.take(Number(reader.compact())) };
  const length = ADDRESS_BYTES[tag];
  if (length === undefined) throw new RangeError(`unknown address form ${tag}`);
  const key = reader.take(length);
  if (tag === 0) return { tag: "Id", value: toHex(key) };
  return tag === 3 ? { tag: "Address32", value: key } : { tag: "Address20", value: key };
}

function readSignature(reader: ByteReader): MultiSignature {
  const tag = reader.byte();
  if (tag === 0) return { tag: "Ed25519", value: reader.take(64) };
  if (tag === 1) return { tag: "Sr25519", value: reader.take(64) };
  if (tag === 2) return { tag: "Ecdsa", value: reader.take(65) };
  throw new RangeError(`unknown signature form ${tag}`);
}

function readExtra(reader: ByteReader): Extra {
  const found = decodeEra(reader.peek(2));
  if (!found) throw new RangeError("era is malformed");
  reader.take(found.length);
  const nonce = reader.compact();
  const tip = reader.compact();
  const mode = reader.byte();
  if (nonce > MAX_U32 || tip > MAX_U64 || mode > 1) throw new RangeError("extra is out of range");
  return { era: found.era, nonce: Number(nonce), tip, metadataHash: mode === 1 };
}

/** The bytes of the transaction extensions inside an extrinsic. */
export const encodeExtra = ({ era, nonce, tip, metadataHash }: Extra): Uint8Array =>
  concat(
    encodeEra(era),
    compactNumber.enc(nonce),
    compactBn.enc(tip),
    Uint8Array.of(metadataHash ? 1 : 0),
  );

const withLength = (body: Uint8Array): Uint8Array => concat(compactNumber.enc(body.length), body);

/** A signed extrinsic of format 4 with its length prefix. */
export const encodeSigned = (
  account: Hex,
  signature: MultiSignature,
  extra: Extra,
  callBytes: Uint8Array,
): Uint8Array =>
  withLength(
    concat(
      Uint8Array.of(SIGNED_V4, 0),
      fromHex(account),
      multiSignature.codec.enc(signature),
      encodeExtra(extra),
      callBytes,
    ),
  );

/** An unsigned extrinsic with its length prefix. */
export const encodeBare = (callBytes: Uint8Array): Uint8Array =>
  withLength(concat(Uint8Array.of(BARE_V4), callBytes));
