import type { Pending } from "./check-headers.ts";
import type { CheckSignature } from "./check-signature.ts";
import { checkInline } from "./check-signature.ts";
import {
  type AxonClaim,
  type BtauthClaim,
  type Claim,
  type EpistulaClaim,
  signedTimeMs,
} from "./claim.ts";
import {
  axonMessage,
  BRACES_SHA256,
  bindingMessage,
  btauthPayload,
  digestDigits,
  EMPTY_SHA256,
  epistulaMessage,
  messageBytes,
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
  if (!(await checkClaim(claim, digest, policy, check))) {
    const claimedSender = claim.sender.hotkey;
    return refuse("BAD_SIGNATURE", "the signature does not cover this request", { claimedSender });
  }
  return {
    kind: "signed",
    principal: principalOf(pending, digest),
    replayKeys: replayKeysOf(pending),
    axonBodyHash: claim.kind === "axon" ? claim.bodyHash : null,
    judgedAtMs: pending.judgedAtMs,
    policy,
  };
}

async function checkClaim(
  claim: Claim,
  digest: string,
  policy: AuthPolicy,
  check: CheckSignature,
): Promise<boolean> {
  if (claim.kind === "btauth") return checkBtauth(claim, digest, check);
  if (claim.kind === "axon") return checkAxon(claim, check);
  return checkEpistula(claim, digest, policy, check);
}

async function checkAxon(claim: AxonClaim, check: CheckSignature): Promise<boolean> {
  const message = axonMessage({ ...claim, sender: claim.sender.hotkey });
  return check("sr25519", claim.sender.publicKey, messageBytes(message), claim.signature);
}

async function checkBtauth(
  claim: BtauthClaim,
  digest: string,
  check: CheckSignature,
): Promise<boolean> {
  const payload = btauthPayload(digest, { ...claim, sender: claim.sender.hotkey });
  const { signatureScheme, sender, signature } = claim;
  return check(signatureScheme, sender.publicKey, messageBytes(payload), signature);
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
  const message = messageBytes(text);
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

const SCHEME_NAMES = { btauth: "btauth/1", epistula: "epistula/2", axon: "axon" } as const;

function principalOf({ claim, standing, judgedAtMs }: Pending, digest: string): Principal {
  const signedAtMs = signedTimeMs(claim);
  return {
    hotkey: claim.sender.hotkey,
    standing,
    scheme: SCHEME_NAMES[claim.kind],
    dialect: claim.kind === "epistula" ? claim.dialect : null,
    receiver: claim.receiver,
    nonce: claim.kind === "epistula" ? claim.uuid : claim.nonce,
    signedAtMs,
    clockOffsetMs: signedAtMs - judgedAtMs,
    bodySha256: `0x${digest}`,
    coversBody: claim.kind !== "axon",
    coversTarget: claim.kind === "btauth" || (claim.kind === "epistula" && claim.binding !== null),
  };
}

/** Both halves of a request signed both ways: either one, sent again alone, is then spent. */
function replayKeysOf({ claim, policy }: Pending): readonly [string, ...string[]] {
  const key = (kind: "a" | "b" | "e", value: string) =>
    replayKey(policy.netuid, claim.sender, kind, value);
  // The SDK asks nonces of one dendrite to grow, because it keeps no more of them than the last. Inside a
  // window that ends, spending each once stops copies as well, and requests may overtake each other.
  if (claim.kind === "axon") return [key("a", `${claim.uuid}:${claim.nonce}`)];
  if (claim.kind === "epistula") {
    const beside = claim.nonceBeside === null ? [] : [key("b", claim.nonceBeside)];
    return [key("e", claim.uuid), ...beside];
  }
  const paired = pairedUuid(claim.sender.digits, claim.nonce);
  const beside = claim.uuidBeside?.toLowerCase() ?? paired;
  const both = beside === paired ? [] : [key("e", beside)];
  return [key("b", claim.nonce), key("e", paired), ...both];
}
