import { createHash, randomBytes } from "node:crypto";
import { RequestSigner } from "@neurond/epistula";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import {
  sr25519_pubkey,
  sr25519_secret_from_seed,
  sr25519_sign,
} from "@polkadot-labs/schnorrkel-wasm";
import { JSON_BODY, JSON_TARGET } from "./wire.ts";

const SEED = createHash("sha256").update("bench").digest();
const secret = sr25519_secret_from_seed(SEED);
const publicKey = sr25519_pubkey(secret);

/** The permitted caller of the bench. */
export const SENDER = hotkeyOf(publicKey);
export const RECEIVER = hotkeyOf(createHash("sha256").update("receiver").digest());

const key = {
  scheme: "sr25519",
  publicKey,
  sign: (message: Uint8Array) => sr25519_sign(publicKey, secret, message),
} as const;
// One signature a request, as our clients send once a peer has said that it knows btauth/1.
const signer = new RequestSigner({ key, schemes: ["btauth"], interval: "none" });
const bodySha256 = createHash("sha256").update(JSON_BODY).digest();

/** Requests as bytes, each signed with a nonce of its own; a flipped bit makes the signature bad. */
export function signedRequests(count: number, valid = true): Buffer[] {
  return Array.from({ length: count }, () => {
    const headers = signer.sign({
      method: "POST",
      target: JSON_TARGET,
      bodySha256,
      receiver: RECEIVER as Hotkey,
      now: Date.now(),
      random: randomBytes(32),
    });
    const lines = headers.map(
      ([name, value]) => `${name}: ${valid ? value : spoilt(name, value)}\r\n`,
    );
    return postOf(JSON_TARGET, lines.join(""));
  });
}

/** Still well-formed, so that only the check of the signature can tell. */
function spoilt(name: string, value: string): string {
  if (!name.toLowerCase().endsWith("nonce")) return value;
  return value.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
}

/** A POST of the bench's body. */
export function postOf(target: string, more = ""): Buffer {
  return Buffer.from(
    `POST ${target} HTTP/1.1\r\nHost: miner\r\nContent-Type: application/json\r\n${more}Content-Length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`,
  );
}
