import { type Hotkey, publicKeyOf, toHex } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckSignature, checkInline } from "./check-signature.ts";
import { isNonce, isTimestamp, isUuid, readSignature } from "./fields.ts";
import { BTAUTH, EPISTULA } from "./header-names.ts";
import { digestDigits, epistulaMessage } from "./messages.ts";
import { requireSr25519, type SigningKey, signInputInvalid } from "./signing-key.ts";

/** An answer to a request signed with btauth/1. */
export interface BtauthResponse {
  readonly status: number;
  /** Of the body as sent, 32 bytes; of a stream, the running hash for a trailer. */
  readonly bodySha256: Uint8Array;
  /** Of the request. */
  readonly nonce: string;
  readonly requester: Hotkey;
  readonly responder: Hotkey;
}

/** An answer to a request signed with Epistula v2 for a receiver, who is the responder. */
export interface EpistulaResponse {
  readonly bodySha256: Uint8Array;
  /** Uuid and timestamp of the request, as sent. */
  readonly uuid: string;
  readonly timestamp: string;
  readonly responder: Hotkey;
}

const SPELLING = { upperCase: false, bare: false, upperPrefix: false };

/** Proves an answer: `X-Response-Signature`, in lines like the request's (btauth.md section 7). */
export function signBtauthResponse(
  key: SigningKey,
  response: Omit<BtauthResponse, "responder">,
  random: Uint8Array,
): readonly [string, string] {
  const responder = requireSr25519(key);
  const message = btauthResponseMessage({ ...response, responder });
  if (message === undefined) throw signInputInvalid("status or nonce is not one of btauth/1");
  return [BTAUTH.responseSignature, toHex(key.sign(utf8ToBytes(message), random))];
}

/** Whether the responder gave exactly this answer to exactly this request. */
export async function verifyBtauthResponse(
  response: BtauthResponse,
  signature: string,
  check: CheckSignature = checkInline,
): Promise<boolean> {
  return verify(btauthResponseMessage(response), response.responder, signature, check);
}

/**
 * Proves an answer to an Epistula request: `Epistula-Response-Signature`. Neither status nor requester
 * is covered. The message has the form of a request from the responder to itself, which
 * `checkHeaders` refuses for that reason; other servers may not.
 */
export function signEpistulaResponse(
  key: SigningKey,
  response: Omit<EpistulaResponse, "responder">,
  random: Uint8Array,
): readonly [string, string] {
  const responder = requireSr25519(key);
  const message = epistulaResponseMessage({ ...response, responder });
  if (message === undefined) throw signInputInvalid("uuid or timestamp is not one of Epistula");
  return [EPISTULA.responseSignature, toHex(key.sign(utf8ToBytes(message), random))];
}

/** Whether the responder gave exactly this body to exactly this request. */
export async function verifyEpistulaResponse(
  response: EpistulaResponse,
  signature: string,
  check: CheckSignature = checkInline,
): Promise<boolean> {
  return verify(epistulaResponseMessage(response), response.responder, signature, check);
}

async function verify(
  message: string | undefined,
  responder: Hotkey,
  text: string,
  check: CheckSignature,
): Promise<boolean> {
  const signature = readSignature(text, SPELLING);
  if (message === undefined || !signature) return false;
  return check("sr25519", publicKeyOf(responder), utf8ToBytes(message), signature);
}

function btauthResponseMessage(response: BtauthResponse): string | undefined {
  const { status, nonce, requester, responder, bodySha256 } = response;
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (!isNonce(nonce)) return undefined;
  const digest = digestDigits(bodySha256);
  return ["btauth-response/1", status, digest, nonce, requester, responder].join("\n");
}

function epistulaResponseMessage(response: EpistulaResponse): string | undefined {
  const { uuid, timestamp, responder } = response;
  if (!isUuid(uuid) || !isTimestamp(timestamp)) return undefined;
  return epistulaMessage(digestDigits(response.bodySha256), { ...response, receiver: responder });
}
