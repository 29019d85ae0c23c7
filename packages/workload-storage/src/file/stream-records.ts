import { CodedError } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import type { StorageCode } from "../errors.ts";

/** Plaintext bytes of every record but the last. */
export const RECORD_BYTES = 65_536;
/** Bytes AES-256-GCM adds to each record. */
export const TAG_BYTES = 16;
/** Bytes of the random beginning of each nonce of a file. */
export const NONCE_PREFIX_BYTES = 7;

const MAGIC = Uint8Array.from([0x66, 0x74, 0x32, 0x01]); // "ft2" and the version of the layout
/** Bytes before the first record: magic, record size as u32, nonce prefix. */
export const HEADER_BYTES = MAGIC.length + 4 + NONCE_PREFIX_BYTES;

/** Records of a file; an empty file has one, because its end must be authentic too. */
export function recordsOf(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / RECORD_BYTES));
}

/** Bytes of an encrypted file. */
export function encryptedLength(plainBytes: number): number {
  return HEADER_BYTES + plainBytes + recordsOf(plainBytes) * TAG_BYTES;
}

/** The first bytes of an encrypted file. */
export function encodeHeader(noncePrefix: Uint8Array): Uint8Array {
  if (noncePrefix.length !== NONCE_PREFIX_BYTES) {
    throw invalid(`a nonce prefix has ${NONCE_PREFIX_BYTES} bytes, not ${noncePrefix.length}`);
  }
  return concatBytes(MAGIC, u32(RECORD_BYTES), noncePrefix);
}

/**
 * The nonce prefix of an encrypted file.
 * @throws CodedError CIPHERTEXT_INVALID for another format, version or record size
 */
export function decodeHeader(bytes: Uint8Array): Uint8Array {
  const due = concatBytes(MAGIC, u32(RECORD_BYTES));
  if (bytes.length !== HEADER_BYTES || due.some((byte, at) => bytes[at] !== byte)) {
    throw invalid("the data do not begin like an encrypted file of this version");
  }
  return bytes.slice(due.length);
}

/**
 * The 12-byte nonce of a record, as in the STREAM construction: prefix, counter, and 1 for the last.
 * So records can neither be reordered nor left out at the end.
 */
export function recordNonce(prefix: Uint8Array, counter: number, isLast: boolean): Uint8Array {
  return concatBytes(prefix, u32(counter), Uint8Array.of(isLast ? 1 : 0));
}

/** What each record authenticates beside its content: file id and record size. */
export function recordContext(fileId: Uint8Array): Uint8Array {
  return concatBytes(fileId, u32(RECORD_BYTES));
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("CIPHERTEXT_INVALID", message);
}

/** Big-endian, as everywhere here; the package that has it comes with all of its curves. */
function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
