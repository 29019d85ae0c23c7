import { type Hotkey, publicKeyOf, toHex } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckSignature, checkInline } from "./check-signature.ts";
import { isNonce, isUuid, readSignature } from "./fields.ts";
import { AXON } from "./header-names.ts";
import { axonResponseMessage } from "./messages.ts";
import type { RawHeaders } from "./request-head.ts";
import { requireSr25519, type SigningKey, signInputInvalid } from "./signing-key.ts";

/** What an axon signs of its answer: neither status nor body is covered. */
export interface AxonResponse {
  /** Of the answer: Unix nanoseconds in decimal. */
  readonly nonce: string;
  /** Of the axon, one for the life of the process. */
  readonly uuid: string;
  readonly requester: Hotkey;
  readonly responder: Hotkey;
}

/** What a dendrite is to be told: a refusal of the door, or of whatever stands behind it. */
export interface AxonRefused {
  readonly status: number;
  /** One line. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

/** An HTTP answer in the form dendrites read; the body is JSON. */
export interface AxonRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly message: string };
}

const SPELLING = { upperCase: true, bare: false, upperPrefix: false };
const ECHOED = /^bt_header_(?:axon|dendrite)_[a-z_]{1,32}$/;
const VISIBLE = /^[\x20-\x7e]{0,256}$/;
const MAX_ECHOED = 32;

/** The headers that prove who answered. */
export function signAxonResponse(
  key: SigningKey,
  response: Omit<AxonResponse, "responder">,
  random: Uint8Array,
): RawHeaders {
  const responder = requireSr25519(key);
  if (!isNonce(response.nonce) || !isUuid(response.uuid)) {
    throw signInputInvalid("nonce or uuid is not one of an axon");
  }
  const message = axonResponseMessage({ ...response, responder });
  return [
    [AXON.axonHotkey, responder],
    [AXON.axonNonce, response.nonce],
    [AXON.axonUuid, response.uuid],
    [AXON.axonSignature, toHex(key.sign(utf8ToBytes(message), random))],
  ];
}

/** Whether the axon answered this caller; not what it answered. */
export async function verifyAxonResponse(
  response: AxonResponse,
  signature: string,
  check: CheckSignature = checkInline,
): Promise<boolean> {
  const bytes = readSignature(signature, SPELLING);
  if (!bytes) return false;
  const message = utf8ToBytes(axonResponseMessage(response));
  return check("sr25519", publicKeyOf(response.responder), message, bytes);
}

/** The answer to a refused dendrite: its own headers again, the status in two more, and a message. */
export function answerAxonRefusal(refused: AxonRefused, sent: RawHeaders): AxonRefusal {
  const { status, detail, retryAfterSeconds = 1 } = refused;
  const echoed = sent
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => ECHOED.test(name) && VISIBLE.test(value))
    .slice(0, MAX_ECHOED);
  return {
    status,
    headers: {
      ...Object.fromEntries(echoed),
      [AXON.statusCode]: String(status),
      [AXON.statusMessage]: detail,
      ...((status === 429 || status === 503) && { "Retry-After": String(retryAfterSeconds) }),
    },
    body: { message: detail },
  };
}
