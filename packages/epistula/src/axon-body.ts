import { isCoded } from "@neurond/primitives";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type PyType, pyStr } from "./py-str.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Signed } from "./signed.ts";

/** A field of a synapse that its `required_hash_fields` name, in their order. */
export interface AxonField {
  readonly name: string;
  readonly type: PyType;
}

/**
 * Compares the declared fields of a body with the hash its dendrite signed. Only then is any of the
 * body the sender's word: what is not declared stays anybody's. Without declared fields, and for other
 * schemes, nothing changes. `body` is the parsed JSON of the very bytes `finish` was given the hash of.
 */
export function coverAxonBody(signed: Signed, body: unknown): Signed | Refusal {
  const { axonFields } = signed.policy;
  if (signed.axonBodyHash === null || axonFields.length === 0) return signed;
  if (hashOf(body, axonFields) === signed.axonBodyHash) {
    return { ...signed, principal: { ...signed.principal, coversBody: true } };
  }
  const claimedSender = signed.principal.hotkey;
  return refuse("BAD_SIGNATURE", "the body is not the one that was signed", { claimedSender });
}

/** `computed_body_hash`: SHA3-256 in digits over the digits of each field's SHA3-256. */
export function axonBodyHash(texts: readonly string[]): string {
  return sha3(texts.map(sha3).join(""));
}

function hashOf(body: unknown, fields: readonly AxonField[]): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const values: Partial<Record<string, unknown>> = { ...body };
  try {
    // A field that is not sent has its default in Python, which only the synapse's author knows.
    return axonBodyHash(fields.map(({ name, type }) => pyStr(values[name], type)));
  } catch (error) {
    if (isCoded(error)) return undefined;
    throw error;
  }
}

function sha3(text: string): string {
  return bytesToHex(sha3_256(utf8ToBytes(text)));
}
