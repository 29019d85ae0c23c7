import { type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { isMethod, isNonce, isTarget } from "./fields.ts";
import { BTAUTH } from "./header-names.ts";
import { btauthPayload, digestDigits } from "./messages.ts";
import type { RawHeaders } from "./request-head.ts";
import { type SigningKey, signInputInvalid } from "./signing-key.ts";

/** A request to sign as btauth/1. */
export interface BtauthRequest {
  readonly method: string;
  /** Path and query exactly as they go on the wire: build the URL first, then sign. */
  readonly target: string;
  /** Of the bytes to be sent, 32 bytes. */
  readonly bodySha256: Uint8Array;
  /** Null binds the request to no receiver; most servers refuse that. */
  readonly receiver: Hotkey | null;
  /** Unix nanoseconds, new for every attempt. */
  readonly nonce: bigint;
  /** 32 bytes. */
  readonly random: Uint8Array;
}

/** The headers of a btauth/1 request (btauth.md sections 1 and 2). */
export function signBtauth(key: SigningKey, request: BtauthRequest): RawHeaders {
  const { target, receiver, random } = request;
  const method = request.method.toUpperCase();
  const nonce = String(request.nonce);
  if (!isMethod(method)) throw signInputInvalid("the method is not a word");
  if (!isTarget(target)) throw signInputInvalid("the target is not a path in visible ASCII");
  if (!isNonce(nonce)) throw signInputInvalid(`${nonce} is not Unix nanoseconds`);
  const sender = hotkeyOf(key.publicKey);
  const payload = btauthPayload(digestDigits(request.bodySha256), {
    signatureScheme: key.scheme,
    method,
    target,
    nonce,
    sender,
    receiver,
  });
  const signature = toHex(key.sign(utf8ToBytes(payload), random));
  return [
    [BTAUTH.version, "1"],
    [BTAUTH.hotkey, sender],
    ...(receiver === null ? [] : [[BTAUTH.receiver, receiver] as const]),
    [BTAUTH.nonce, nonce],
    ...(key.scheme === "sr25519" ? [] : [[BTAUTH.crypto, key.scheme] as const]),
    [BTAUTH.signature, signature],
  ];
}
