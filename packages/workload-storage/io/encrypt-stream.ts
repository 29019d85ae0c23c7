import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  RECORD_BYTES,
  recordContext,
  recordNonce,
  TAG_BYTES,
} from "@neurond/workload-storage/format";
import { copyBytes } from "./copy-bytes.ts";
import { cutInto } from "./cut.ts";
import { release } from "./release.ts";

/** What one version of a file is encrypted with. Key and prefix are random and never used again. */
export interface FileKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 32 bytes. */
  readonly fileId: Uint8Array;
}

/**
 * Encrypts a file of any length in constant memory: a header, then records of 64 KiB,
 * each in two pieces. `source` may
 * begin at a later record, `firstRecord`; then there is no header.
 */
export async function* encryptStream(
  { key, fileId }: FileKey,
  noncePrefix: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  firstRecord = 0,
): AsyncGenerator<Uint8Array> {
  if (firstRecord === 0) yield encodeHeader(noncePrefix);
  const keys = prepared({ key, fileId });
  let counter = firstRecord;
  for await (const { bytes, isLast } of cutInto(RECORD_BYTES, source)) {
    const { sealed, tag } = sealRecord(keys, recordNonce(noncePrefix, counter, isLast), bytes);
    yield sealed;
    yield tag;
    counter += 1;
  }
}

/** Which records of a file are to be sealed or opened, and with what. */
export interface RecordKeys extends FileKey {
  /** See `decodeHeader`. */
  readonly prefix: Uint8Array;
  /** Index of the first of them. */
  readonly first: number;
  /** Index of the file's last; while that is not known, -1 says that it is none of them. */
  readonly last: number;
}

/** Encrypts records over themselves. Behind each there is room for its tag. */
export function sealRecords(keys: RecordKeys, records: Uint8Array): void {
  const ready = prepared(keys);
  let counter = keys.first;
  for (let at = 0; at < records.length; at += RECORD_BYTES + TAG_BYTES) {
    const record = records.subarray(at, at + RECORD_BYTES + TAG_BYTES);
    const nonce = recordNonce(keys.prefix, counter, counter === keys.last);
    const { sealed, tag } = sealRecord(ready, nonce, record.subarray(0, -TAG_BYTES));
    copyBytes(sealed, record);
    copyBytes(tag, record, sealed.length);
    release(sealed);
    counter += 1;
  }
}

/**
 * Decrypts whole records over themselves, without their tags, so that what they hold stands together
 * at the beginning; how many bytes that is. When it throws, the bytes are worth nothing.
 * @throws CodedError CIPHERTEXT_INVALID
 */
export function openRecords(keys: RecordKeys, records: Uint8Array): number {
  const ready = prepared(keys);
  let opened = 0;
  let counter = keys.first;
  for (let at = 0; at < records.length; at += RECORD_BYTES + TAG_BYTES) {
    const nonce = recordNonce(keys.prefix, counter, counter === keys.last);
    const plain = openRecord(ready, nonce, records.subarray(at, at + RECORD_BYTES + TAG_BYTES));
    copyBytes(plain, records, opened);
    opened += plain.length;
    release(plain);
    counter += 1;
  }
  return opened;
}

/**
 * Decrypts a file. Every record is authentic before it is given out; that the end is authentic is
 * known at the end, so what came before a throw must be thrown away.
 * @throws CodedError CIPHERTEXT_INVALID
 */
export async function* decryptStream(
  { key, fileId }: FileKey,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const keys = prepared({ key, fileId });
  let prefix: Uint8Array | null = null;
  let counter = 0;
  for await (const { bytes, isLast } of cutInto(RECORD_BYTES + TAG_BYTES, source, HEADER_BYTES)) {
    if (prefix === null) {
      prefix = decodeHeader(bytes);
      if (isLast) throw invalid("the file ends after its header");
      continue;
    }
    yield openRecord(keys, recordNonce(prefix, counter, isLast), bytes);
    counter += 1;
  }
}

/** A key ready for many records: given as bytes, each time it takes as long as half a record. */
interface ReadyKey {
  readonly key: KeyObject;
  readonly context: Uint8Array;
}

function prepared({ key, fileId }: FileKey): ReadyKey {
  return { key: createSecretKey(key), context: recordContext(fileId) };
}

function sealRecord({ key, context }: ReadyKey, nonce: Uint8Array, plain: Uint8Array) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  const sealed = cipher.update(plain);
  cipher.final();
  return { sealed, tag: cipher.getAuthTag() };
}

function openRecord({ key, context }: ReadyKey, nonce: Uint8Array, record: Uint8Array): Uint8Array {
  if (record.length < TAG_BYTES) throw invalid("a record is shorter than its tag");
  const end = record.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(context);
  decipher.setAuthTag(record.subarray(end));
  const plain = decipher.update(record.subarray(0, end));
  try {
    decipher.final();
    return plain;
  } catch {
    throw invalid("a record was changed, moved or cut, or the key is another file's");
  }
}

function invalid(reason: string): CodedError<StorageCode> {
  return new CodedError("CIPHERTEXT_INVALID", `the file cannot be decrypted: ${reason}`);
}
