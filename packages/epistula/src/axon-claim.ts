import type { AxonClaim } from "./claim.ts";
import { isNonce, isUuid, readSignature } from "./fields.ts";
import type { HeaderBlock } from "./header-block.ts";
import { AXON } from "./header-names.ts";
import type { AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Window } from "./window.ts";

const SPELLING = { upperCase: true, bare: false, upperPrefix: false };
const BODY_HASH = /^[0-9a-f]{64}$/;
/** Seconds as Python prints a float. */
const TIMEOUT = /^[0-9]{1,6}(?:\.[0-9]{1,9})?$/;

/** What an axon grants beside the sender's timeout, and its client's clock never needs. */
const GRACE_MS = 4000;
const MAX_SKEW_MS = 2000;
/** The timeout is the sender's own and unsigned: nobody may widen its window with it beyond this. */
const MAX_TIMEOUT_MS = 30_000;

/** The widest window of an axon-style request. */
export const AXON_WINDOW: Window = { maxAgeMs: GRACE_MS + MAX_TIMEOUT_MS, maxSkewMs: MAX_SKEW_MS };

/** Whether headers are those of a dendrite (epistula.md section 11.1). */
export function isAxonCandidate(block: HeaderBlock): boolean {
  return block.hasPrefix("bt_header_dendrite_");
}

/** Reads the headers of a dendrite; what the SDK lets pass without a signature is refused. */
export function readAxonClaim(block: HeaderBlock, policy: AuthPolicy): AxonClaim | Refusal {
  const text = (name: string) => block.get(name)?.trim() ?? "";
  const [nonce, uuid, bodyHash] = [text(AXON.nonce), text(AXON.uuid), text(AXON.bodyHash)];
  const [sentBy, sentTo] = [text(AXON.dendriteHotkey), text(AXON.axonHotkey)];
  const signed = text(AXON.signature);
  if ([nonce, uuid, bodyHash, sentBy, sentTo, signed].includes("")) {
    return refuse("MISSING_HEADERS", "nonce, uuid, body hash, signature or a hotkey is missing");
  }
  if (!isNonce(nonce)) {
    return refuse("BAD_TIMESTAMP", `${AXON.nonce} is not Unix nanoseconds in decimal`);
  }
  if (!isUuid(uuid)) return refuse("BAD_UUID", `${AXON.uuid} is not a UUID`);
  if (!BODY_HASH.test(bodyHash)) {
    return refuse("MALFORMED_AUTH", `${AXON.bodyHash} is not 64 lower-case digits`);
  }
  const sender = policy.peers.find(sentBy);
  if (!sender) {
    return refuse("BAD_SENDER", `${AXON.dendriteHotkey} is not ss58 text of prefix 42`);
  }
  const signature = readSignature(signed, SPELLING);
  if (!signature)
    return refuse("BAD_SIGNATURE_FORMAT", `${AXON.signature} is not 0x and 128 digits`);
  const timeoutMs = readTimeout(block.get(AXON.timeout));
  return { kind: "axon", sender, receiver: sentTo, nonce, uuid, bodyHash, timeoutMs, signature };
}

/** How long a dendrite's request is fresh. */
export function axonWindow({ timeoutMs }: AxonClaim): Window {
  return { maxAgeMs: GRACE_MS + timeoutMs, maxSkewMs: MAX_SKEW_MS };
}

function readTimeout(text = ""): number {
  if (!TIMEOUT.test(text)) return 0;
  return Math.min(Math.floor(Number(text) * 1000), MAX_TIMEOUT_MS);
}
