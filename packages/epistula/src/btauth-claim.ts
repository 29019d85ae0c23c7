import type { BtauthClaim } from "./claim.ts";
import { isMethod, isNonce, isTarget, isUuid, readSignature } from "./fields.ts";
import type { HeaderBlock } from "./header-block.ts";
import { BTAUTH, EPISTULA } from "./header-names.ts";
import type { AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { RequestHead } from "./request-head.ts";

const SCHEMES: readonly string[] = ["sr25519", "ed25519", "hashed", "mldsa"];
/** Upstream reads other spellings too and signs the canonical one: one signature, one spelling. */
const SPELLING = { upperCase: false, bare: false, upperPrefix: false };

/** Whether headers speak btauth/1 (btauth.md section 7). */
export function isBtauthCandidate(block: HeaderBlock): boolean {
  return [BTAUTH.version, BTAUTH.signature, BTAUTH.nonce].some(
    (name) => block.get(name) !== undefined,
  );
}

/** Reads the six headers of btauth/1, and what an Epistula signature beside them may not contradict. */
export function readBtauthClaim(
  head: RequestHead,
  block: HeaderBlock,
  policy: AuthPolicy,
): BtauthClaim | Refusal {
  const version = block.get(BTAUTH.version);
  if (version === undefined) return malformed(`${BTAUTH.version} is missing`);
  if (version !== "1") return refuse("UNSUPPORTED_VERSION", "Unsupported version: send btauth/1");

  const sender = policy.peers.find(block.get(BTAUTH.hotkey) ?? "");
  if (!sender) return malformed(`${BTAUTH.hotkey} is not ss58 text of prefix 42`);
  const nonce = block.get(BTAUTH.nonce) ?? "";
  if (!isNonce(nonce)) return malformed(`${BTAUTH.nonce} is not Unix nanoseconds in decimal`);
  const named = block.get(BTAUTH.crypto) ?? "sr25519";
  if (!SCHEMES.includes(named)) return malformed(`${BTAUTH.crypto} names no scheme of btauth/1`);
  const signatureScheme = policy.trustedScheme(sender.hotkey);
  if (named !== signatureScheme) {
    const detail = `${named} is not the trusted scheme of this sender: sign with ${signatureScheme}`;
    return refuse("SCHEME_NOT_ALLOWED", detail, { claimedSender: sender.hotkey });
  }
  const signature = readSignature(block.get(BTAUTH.signature) ?? "", SPELLING);
  if (!signature) return malformed(`${BTAUTH.signature} is not 0x and 128 lower-case digits`);
  if (!isMethod(head.method)) return malformed("the method is not in upper case");
  if (!isTarget(head.target)) return malformed("the target is not a path in visible ASCII");

  const signedBy = block.get(EPISTULA.signedBy);
  if (signedBy !== undefined && signedBy !== sender.hotkey) return twoSenders();
  const uuid = block.get(EPISTULA.uuid) ?? "";
  return {
    kind: "btauth",
    sender,
    receiver: block.get(BTAUTH.receiver) ?? null,
    signatureScheme,
    nonce,
    method: head.method,
    target: head.target,
    signature,
    uuidBeside: isUuid(uuid) ? uuid : null,
  };
}

/** The refusal of a request whose two schemes name two senders. */
export function twoSenders(): Refusal {
  return refuse("SIGNATURE_HEADER_CONFLICT", "btauth and Epistula headers name different senders");
}

function malformed(reason: string): Refusal {
  return refuse("MALFORMED_AUTH", reason);
}
