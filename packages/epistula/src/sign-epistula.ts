import { type Hex, type Hotkey, toHex } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { isMethod, isTarget, isTimestamp, isUuid } from "./fields.ts";
import { EPISTULA } from "./header-names.ts";
import { bindingMessage, digestDigits, epistulaMessage } from "./messages.ts";
import type { RawHeaders } from "./request-head.ts";
import { requireSr25519, type SigningKey, signInputInvalid } from "./signing-key.ts";

/** A request to sign as Epistula v2. */
export interface EpistulaRequest {
  readonly method: string;
  readonly target: string;
  /** Of the bytes to be sent, 32 bytes. */
  readonly bodySha256: Uint8Array;
  /** Null binds the request to no receiver; most verifiers refuse that. */
  readonly receiver: Hotkey | null;
  /** Unix milliseconds. */
  readonly now: number;
  /** New for every attempt. */
  readonly uuid: string;
  /** 32 bytes. */
  readonly random: Uint8Array;
}

/** Which headers carry the signature. */
export interface EpistulaStyle {
  /** `superset` satisfies the verifiers of every dialect. */
  readonly dialect?: "superset" | "v2" | "dippy";
  /** Leaves `Authorization` to the caller; a Dippy verifier then refuses the request. */
  readonly omitAuthorization?: boolean;
  /** Adds a signature over method and target, for peers that advertise `Epistula-Accept-Binding: v1`. */
  readonly binding?: boolean;
}

/** The headers of an Epistula v2 request (epistula.md sections 3 and 4). */
export function signEpistula(
  key: SigningKey,
  request: EpistulaRequest,
  style: EpistulaStyle = {},
): RawHeaders {
  const { dialect = "superset", omitAuthorization = false, binding = false } = style;
  const { uuid, receiver, random } = request;
  const sender = requireSr25519(key);
  const timestamp = String(request.now);
  if (!isTimestamp(timestamp)) throw signInputInvalid(`${timestamp} is not Unix milliseconds`);
  if (!isUuid(uuid)) throw signInputInvalid("the uuid is not 36 characters of a UUID");
  if (receiver === sender) throw signInputInvalid("Epistula has no requests to oneself");
  if (dialect === "dippy" && receiver === null) {
    throw signInputInvalid("the dippy dialect names a receiver: give one");
  }
  const fields = { uuid, timestamp, receiver };
  const message = epistulaMessage(digestDigits(request.bodySha256), fields);
  const sign = (text: string): Hex => toHex(key.sign(utf8ToBytes(text), random));
  const signature = sign(message);

  const headers: [string, string][] = [
    [EPISTULA.timestamp, timestamp],
    [EPISTULA.uuid, uuid],
    [EPISTULA.signedBy, sender],
  ];
  if (receiver !== null) headers.push([EPISTULA.signedFor, receiver]);
  if (dialect !== "dippy") {
    headers.push([EPISTULA.version, "2"], [EPISTULA.requestSignature, signature]);
  }
  if (dialect !== "v2") {
    headers.push([EPISTULA.signature, signature]);
    if (!omitAuthorization) headers.push([EPISTULA.authorization, `Epistula ${signature}`]);
  }
  if (binding) headers.push([EPISTULA.binding, `v1 ${sign(boundTo(request, message))}`]);
  return headers;
}

function boundTo(request: EpistulaRequest, message: string): string {
  const method = request.method.toUpperCase();
  if (!isMethod(method)) throw signInputInvalid("the method is not a word");
  if (!isTarget(request.target))
    throw signInputInvalid("the target is not a path in visible ASCII");
  return bindingMessage(message, method, request.target);
}
