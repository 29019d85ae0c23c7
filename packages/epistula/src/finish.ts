import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Pending } from "./check-headers.ts";
import type { CheckSignature } from "./check-signature.ts";
import { checkInline } from "./check-signature.ts";
import { type BtauthClaim, type EpistulaClaim, signedTimeNs } from "./claim.ts";
import {
  BRACES_SHA256,
  bindingMessage,
  btauthPayload,
  digestDigits,
  EMPTY_SHA256,
  epistulaMessage,
  wrapBytes,
} from "./messages.ts";
import type { AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { pairedUuid, replayKey } from "./replay-keys.ts";
import type { Principal, Signed } from "./signed.ts";

/**
 * Second stage of the one door: the signature, over the SHA-256 (32 bytes) of the body as received,
 * before any content decoding. Rejects only when `check` does.
 */
export async function finish(
  pending: Pending,
  bodySha256: Uint8Array,
  check: CheckSignature = checkInline,
): Promise<Signed | Refusal> {
  const digest = digestDigits(bodySha256);
  const { claim, policy } = pending;
  const valid =
    claim.kind === "btauth"
      ? await checkBtauth(claim, digest, check)
      : await checkEpistula(claim, digest, policy, check);
  if (!valid) {
    const claimedSender = claim.sender.hotkey;
    return refuse("BAD_SIGNATURE", "the signature does not cover this request", { claimedSender });
  }
  return {
    kind: "signed",
    principal: principalOf(pending, digest),
    replayKeys: replayKeysOf(pending),
    judgedAtMs: pending.judgedAtMs,
    policy,
  };
}

async function checkBtauth(
  claim: BtauthClaim,
  digest: string,
  check: CheckSignature,
): Promise<boolean> {
  const payload = btauthPayload(digest, { ...claim, sender: claim.sender.hotkey });
  const { signatureScheme, sender, signature } = claim;
  return check(signatureScheme, sender.publicKey, utf8ToBytes(payload), signature);
}

async function checkEpistula(
  claim: EpistulaClaim,
  digest: string,
  policy: AuthPolicy,
  check: CheckSignature,
): Promise<boolean> {
  for (const signedDigest of digestsToTry(claim, digest, policy)) {
    const text = epistulaMessage(signedDigest, claim);
    if (!(await covers(claim, text, claim.signature, policy, check))) continue;
    if (claim.binding === null) return true;
    const bound = bindingMessage(text, claim.method, claim.target);
    return covers(claim, bound, claim.binding, policy, check);
  }
  return false;
}

async function covers(
  claim: EpistulaClaim,
  text: string,
  signature: Uint8Array,
  policy: AuthPolicy,
  check: CheckSignature,
): Promise<boolean> {
  const message = utf8ToBytes(text);
  const { publicKey } = claim.sender;
  if (await check("sr25519", publicKey, message, signature)) return true;
  return policy.acceptWrappedBytes && check("sr25519", publicKey, wrapBytes(message), signature);
}

/** Dippy's orchestrator signs and sends `{}` on GET; where a middlebox dropped the bytes, none arrive. */
function digestsToTry(claim: EpistulaClaim, digest: string, policy: AuthPolicy): readonly string[] {
  const readsOnly = claim.method === "GET" || claim.method === "HEAD";
  const [path = ""] = claim.target.split("?");
  const mayBeBraces =
    readsOnly && digest === EMPTY_SHA256 && policy.bracesForEmptyGet.includes(path);
  return mayBeBraces ? [digest, BRACES_SHA256] : [digest];
}

function principalOf({ claim, standing, judgedAtMs }: Pending, digest: string): Principal {
  const signedAtMs = Number(signedTimeNs(claim) / 1_000_000n);
  return {
    hotkey: claim.sender.hotkey,
    standing,
    scheme: claim.kind === "btauth" ? "btauth/1" : "epistula/2",
    dialect: claim.kind === "btauth" ? null : claim.dialect,
    receiver: claim.receiver,
    nonce: claim.kind === "btauth" ? claim.nonce : claim.uuid,
    signedAtMs,
    clockOffsetMs: signedAtMs - judgedAtMs,
    bodySha256: `0x${digest}`,
    coversTarget: claim.kind === "btauth" || claim.binding !== null,
  };
}

/** Both halves of a request signed both ways: either one, sent again alone, is then spent. */
function replayKeysOf({ claim, policy }: Pending): readonly [string, ...string[]] {
  const key = (kind: "b" | "e", value: string) =>
    replayKey(policy.netuid, claim.sender, kind, value);
  if (claim.kind === "epistula") {
    const beside = claim.nonceBeside === null ? [] : [key("b", claim.nonceBeside)];
    return [key("e", claim.uuid), ...beside];
  }
  const paired = pairedUuid(claim.sender.publicKey, claim.nonce);
  const beside = claim.uuidBeside === null ? [] : [key("e", claim.uuidBeside)];
  return [key("b", claim.nonce), ...new Set([key("e", paired), ...beside])];
}
