import { fromHex } from "@neurond/primitives";

/** Characters of a 64-byte signature in hexadecimal digits. */
const SIGNATURE_DIGITS = 128;

const TIMESTAMP = /^[1-9][0-9]{12,13}$/;
const NONCE = /^[1-9][0-9]{18}$/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const METHOD = /^[A-Z][A-Z-]*$/;
/** Origin form only, visible ASCII: no line can be injected, and no fragment is ever on the wire. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/** Whether text is Unix milliseconds in canonical decimal; verifiers disagree about any other spelling. */
export const isTimestamp = (text: string): boolean => TIMESTAMP.test(text);

/** Whether text is Unix nanoseconds in canonical decimal: 19 digits until the year 2286. */
export const isNonce = (text: string): boolean => NONCE.test(text);

/** Whether text is a UUID of any version and case. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Whether text is an upper-case HTTP method. */
export const isMethod = (text: string): boolean => METHOD.test(text);

/** Whether text is a request target that can be signed: path and query as on the wire. */
export const isTarget = (text: string): boolean => TARGET.test(text);

/** Which spellings of a signature are read beside `0x` and 128 digits. */
export interface SignatureSpelling {
  /** Digits of upper case. */
  readonly upperCase: boolean;
  /** No prefix at all. */
  readonly bare: boolean;
  /** `0X` for `0x`. */
  readonly upperPrefix: boolean;
}

/** The 64 bytes of a signature header, or undefined where its spelling is not accepted. */
export function readSignature(text: string, spelling: SignatureSpelling): Uint8Array | undefined {
  const prefix = text.slice(0, 2);
  const prefixed = prefix === "0x" || (spelling.upperPrefix && prefix === "0X");
  if (!prefixed && !spelling.bare) return undefined;
  const digits = prefixed ? text.slice(2) : text;
  if (digits.length !== SIGNATURE_DIGITS) return undefined;
  const allowed = spelling.upperCase ? /^[0-9a-fA-F]+$/ : /^[0-9a-f]+$/;
  return allowed.test(digits) ? fromHex(digits) : undefined;
}
