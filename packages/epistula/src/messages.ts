import { CodedError } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { EpistulaCode } from "./errors.ts";

const DIGEST_BYTES = 32;
const MAX_ASCII = 0x7f;
/** SHA-256 of no bytes, in lower-case digits without prefix. */
export const EMPTY_SHA256 = bytesToHex(sha256(new Uint8Array(0)));
/** SHA-256 of the two bytes `{}`. */
export const BRACES_SHA256 = bytesToHex(sha256(utf8ToBytes("{}")));

/** What an Epistula v2 request signs besides the digest of its body. */
export interface EpistulaFields {
  readonly uuid: string;
  /** Unix milliseconds in decimal, as on the wire. */
  readonly timestamp: string;
  readonly receiver: string | null;
}

/** What a btauth/1 request signs besides the digest of its body. */
export interface BtauthFields {
  readonly signatureScheme: string;
  readonly method: string;
  readonly target: string;
  readonly nonce: string;
  readonly sender: string;
  readonly receiver: string | null;
}

/** A SHA-256 in lower-case digits without prefix; throws where it has another length. */
export function digestDigits(digest: Uint8Array): string {
  if (digest.length === DIGEST_BYTES) return bytesToHex(digest);
  throw new CodedError<EpistulaCode>(
    "DIGEST_INVALID",
    `a digest of ${digest.length} bytes is not SHA-256: give the hash of the body, not the body`,
  );
}

/** The message of an Epistula v2 request (epistula.md section 4). */
export function epistulaMessage(digest: string, fields: EpistulaFields): string {
  return `${digest}.${fields.uuid}.${fields.timestamp}.${fields.receiver ?? ""}`;
}

/** The message of `Epistula-Binding: v1`: the request's, its method and the hash of its target. */
export function bindingMessage(message: string, method: string, target: string): string {
  return `${message}.${method}.${bytesToHex(sha256(utf8ToBytes(target)))}`;
}

/** The eight lines of btauth/1 (btauth.md section 2). */
export function btauthPayload(digest: string, fields: BtauthFields): string {
  return [
    "btauth/1",
    fields.signatureScheme,
    fields.method,
    fields.target,
    digest,
    fields.nonce,
    fields.sender,
    fields.receiver ?? "-",
  ].join("\n");
}

/** What a dendrite signs besides the hash of its declared fields. */
export interface AxonFields {
  readonly nonce: string;
  readonly sender: string;
  readonly receiver: string;
  readonly uuid: string;
  readonly bodyHash: string;
}

/** The message of a dendrite's request (epistula.md section 11.1). */
export function axonMessage(fields: AxonFields): string {
  const { nonce, sender, receiver, uuid, bodyHash } = fields;
  return `${nonce}.${sender}.${receiver}.${uuid}.${bodyHash}`;
}

/** The message of an axon's answer; one part short of a request's, so that neither passes for the other. */
export function axonResponseMessage(fields: {
  readonly nonce: string;
  readonly requester: string;
  readonly responder: string;
  readonly uuid: string;
}): string {
  return `${fields.nonce}.${fields.requester}.${fields.responder}.${fields.uuid}`;
}

/** The bytes of a message, nearly always of ASCII alone, which costs a tenth of encoding any text. */
export function messageBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > MAX_ASCII) return utf8ToBytes(text);
    bytes[index] = code;
  }
  return bytes;
}

/** A message as browser wallets wrap it before they sign raw bytes. */
export function wrapBytes(message: Uint8Array): Uint8Array {
  return concatBytes(utf8ToBytes("<Bytes>"), message, utf8ToBytes("</Bytes>"));
}
