import type { Standing } from "./admission.ts";
import { axonWindow, isAxonCandidate, readAxonClaim } from "./axon-claim.ts";
import { isBtauthCandidate, readBtauthClaim } from "./btauth-claim.ts";
import { type Claim, signedTimeNs } from "./claim.ts";
import { hasEpistulaSignature, isEpistulaCandidate, readEpistulaClaim } from "./epistula-claim.ts";
import { type HeaderBlock, readHeaderBlock } from "./header-block.ts";
import { EPISTULA } from "./header-names.ts";
import { judge } from "./judge.ts";
import type { AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { RequestHead } from "./request-head.ts";
import { type PendingV1, readV1Signature } from "./v1-envelope.ts";
import type { Window } from "./window.ts";

/** A request whose headers are in order: its body may be read now, its signature is still to check. */
export interface Pending {
  readonly kind: "pending";
  readonly claim: Claim;
  readonly standing: Standing | null;
  /** When the header block was complete; age is never judged again. */
  readonly judgedAtMs: number;
  readonly policy: AuthPolicy;
}

/**
 * First stage of the one door: everything headers alone can decide, cheapest first, before a byte of
 * the body is read. `now` is Unix milliseconds at the end of the header block.
 */
export function checkHeaders(
  head: RequestHead,
  policy: AuthPolicy,
  now: number,
): Pending | PendingV1 | Refusal {
  const block = readHeaderBlock(head.headers);
  const insane = checkBlock(block, policy);
  if (insane) return insane;
  const claim = readClaim(head, block, policy, now);
  if (claim.kind === "refused") return claim;
  if (claim.kind === "pending/v1") return checkLength(block, policy) ?? claim;
  const judged = judge(
    { ...claim, signedNs: signedTimeNs(claim), window: windowOf(claim, policy) },
    policy,
    now,
  );
  if (judged.kind === "refused") return judged;
  const { standing } = judged;
  return (
    checkLength(block, policy) ?? { kind: "pending", claim, standing, judgedAtMs: now, policy }
  );
}

function windowOf(claim: Claim, policy: AuthPolicy): Window {
  if (claim.kind === "axon") return axonWindow(claim);
  return claim.kind === "btauth" ? policy.btauthWindow : policy.epistulaWindow;
}

function checkBlock(block: HeaderBlock, policy: AuthPolicy): Refusal | undefined {
  if (block.sizeBytes > policy.maxHeaderBytes) {
    const detail = `headers of ${block.sizeBytes} bytes, limit ${policy.maxHeaderBytes}`;
    return refuse("HEADERS_TOO_LARGE", detail);
  }
  const [repeated] = block.repeated;
  if (repeated?.startsWith("x-bittensor-")) {
    return refuse("MALFORMED_AUTH", `${repeated} arrived more than once`);
  }
  if (repeated) return refuse("DUPLICATE_HEADER", `${repeated} arrived more than once`);
  return undefined;
}

/** A body without a length, sent in chunks, is counted while it is read. */
function checkLength(block: HeaderBlock, policy: AuthPolicy): Refusal | undefined {
  const length = block.get("content-length");
  if (length === undefined || Number(length) <= policy.maxBodyBytes) return undefined;
  return refuse("BODY_TOO_LARGE", `the body exceeds the limit of ${policy.maxBodyBytes} bytes`);
}

/** The stronger of the schemes offered and allowed; its failure never falls back to the weaker. */
function readClaim(
  head: RequestHead,
  block: HeaderBlock,
  policy: AuthPolicy,
  now: number,
): Claim | PendingV1 | Refusal {
  const btauth = isBtauthCandidate(block);
  const v1 = policy.acceptV1 && block.get(EPISTULA.bodySignature) !== undefined;
  const epistula = isEpistulaCandidate(block) || v1;
  if (btauth && policy.schemes.includes("btauth")) return readBtauthClaim(head, block, policy);
  const axon = policy.schemes.includes("axon") && isAxonCandidate(block);
  if (axon && !btauth && !epistula) return readAxonClaim(block, policy);
  if (!policy.schemes.includes("epistula")) {
    if (!epistula) return refuse("MISSING_AUTHORIZATION", "the request is not signed");
    return refuse("SCHEME_NOT_ALLOWED", "this route does not accept Epistula: send btauth/1");
  }
  if (btauth && !epistula) {
    return refuse("SCHEME_NOT_ALLOWED", "this route accepts Epistula only");
  }
  if (v1 && !hasEpistulaSignature(block)) return readV1Signature(block, policy, now);
  return readEpistulaClaim(head, block, policy);
}
