import { twoSenders } from "./btauth-claim.ts";
import type { Dialect, EpistulaClaim } from "./claim.ts";
import { equalBytes } from "./equal-bytes.ts";
import { isNonce, isTimestamp, isUuid, readSignature } from "./fields.ts";
import type { HeaderBlock } from "./header-block.ts";
import { BTAUTH, EPISTULA } from "./header-names.ts";
import type { AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { RequestHead } from "./request-head.ts";

const AUTHORIZATION = /^epistula(?: |$)/i;

/** Whether headers speak Epistula v2, in any dialect. */
export function isEpistulaCandidate(block: HeaderBlock): boolean {
  return (
    block.hasPrefix("epistula-") || AUTHORIZATION.test(block.get(EPISTULA.authorization) ?? "")
  );
}

/** Whether headers carry a signature of Epistula v2, which goes before one of v1. */
export function hasEpistulaSignature(block: HeaderBlock): boolean {
  return (
    block.get(EPISTULA.requestSignature) !== undefined ||
    AUTHORIZATION.test(block.get(EPISTULA.authorization) ?? "")
  );
}

/** Reads the headers of Epistula v2 in any dialect (epistula.md section 3). */
export function readEpistulaClaim(
  head: RequestHead,
  block: HeaderBlock,
  policy: AuthPolicy,
): EpistulaClaim | Refusal {
  const version = block.get(EPISTULA.version);
  if (version !== undefined && version !== "2") {
    return refuse("UNSUPPORTED_VERSION", "Unknown Epistula version: send 2");
  }
  const signed = readSignatures(block, policy);
  if ("kind" in signed) return signed;

  const timestamp = block.get(EPISTULA.timestamp) ?? "";
  const uuid = block.get(EPISTULA.uuid) ?? "";
  const signedBy = block.get(EPISTULA.signedBy) ?? "";
  const signedFor = block.get(EPISTULA.signedFor) ?? "";
  const needed = [timestamp, uuid, signedBy, ...(policy.requireReceiver ? [signedFor] : [])];
  if (needed.some((value) => value.trim() === "")) {
    return refuse("MISSING_HEADERS", "timestamp, uuid, sender or receiver is missing");
  }
  if (!isTimestamp(timestamp)) {
    return refuse("BAD_TIMESTAMP", `${EPISTULA.timestamp} is not Unix milliseconds in decimal`);
  }
  if (!isUuid(uuid)) return refuse("BAD_UUID", `${EPISTULA.uuid} is not a UUID`);
  const sender = policy.peers.find(signedBy);
  if (!sender) {
    return refuse("BAD_SENDER", `${EPISTULA.signedBy} is not ss58 text of prefix 42`);
  }
  if (signedFor === sender.hotkey) return refuse("BAD_SENDER", SELF_ADDRESSED);
  const besideBy = block.get(BTAUTH.hotkey);
  if (besideBy !== undefined && besideBy !== sender.hotkey) return twoSenders();
  const nonce = block.get(BTAUTH.nonce) ?? "";
  return {
    kind: "epistula",
    ...signed,
    sender,
    receiver: signedFor === "" ? null : signedFor,
    uuid,
    timestamp,
    method: head.method,
    target: head.target,
    nonceBeside: isNonce(nonce) ? nonce : null,
  };
}

/**
 * A response signature is a message of the same form, by the receiver and for the receiver, over
 * bytes a caller may have chosen: it must never pass as a request.
 */
const SELF_ADDRESSED = "sender and receiver are one: Epistula cannot tell it from a signed answer";

type Signatures = Pick<EpistulaClaim, "dialect" | "signature" | "binding">;

function readSignatures(block: HeaderBlock, policy: AuthPolicy): Signatures | Refusal {
  const canonical = block.get(EPISTULA.requestSignature);
  const authorization = block.get(EPISTULA.authorization);
  const credentials = readAuthorization(authorization);
  if (canonical === undefined && typeof credentials !== "string") return credentials;
  // Beside a canonical signature, another kind of Authorization belongs to somebody else.
  const dippy = typeof credentials === "string" ? credentials : undefined;

  const bare = policy.lenientHex;
  const found = [
    canonical === undefined ? undefined : read(canonical, bare, policy),
    // Dippy's verifier puts the prefix before a signature that lacks it.
    ...[dippy, block.get(EPISTULA.signature)].map((text) =>
      text === undefined ? undefined : read(text, true, policy),
    ),
  ].filter((signature) => signature !== undefined);
  const [signature] = found;
  if (!signature || found.includes(null)) {
    return refuse("BAD_SIGNATURE_FORMAT", "a signature header is not 0x and 128 digits");
  }
  if (found.some((other) => other === null || !equalBytes(other, signature))) {
    return refuse("SIGNATURE_HEADER_CONFLICT", "the signature headers differ from each other");
  }
  const binding = readBinding(block.get(EPISTULA.binding), policy);
  if (binding !== null && "kind" in binding) return binding;
  return { dialect: dialectOf(canonical, dippy), signature, binding };
}

function dialectOf(canonical: string | undefined, dippy: string | undefined): Dialect {
  if (canonical === undefined) return "dippy";
  return dippy === undefined ? "v2" : "mixed";
}

/** The signature inside `Authorization: Epistula …`, or why there is none. */
function readAuthorization(value: string | undefined): string | Refusal {
  if (value === undefined || value.trim() === "") {
    return refuse("MISSING_AUTHORIZATION", "the request carries no signature");
  }
  const space = value.indexOf(" ");
  if (space < 0) {
    return refuse("BAD_AUTHORIZATION_FORMAT", "Authorization has no credentials after its scheme");
  }
  if (!AUTHORIZATION.test(value)) {
    return refuse("BAD_AUTH_SCHEME", "the scheme of Authorization is not Epistula");
  }
  return value.slice(space + 1);
}

function readBinding(value: string | undefined, policy: AuthPolicy): Uint8Array | Refusal | null {
  if (policy.binding === "ignored") return null;
  if (value === undefined) {
    if (policy.binding === "checked") return null;
    return refuse("MISSING_HEADERS", `${EPISTULA.binding} is missing: sign method and target`);
  }
  const signature = value.startsWith("v1 ") ? read(value.slice(3), false, policy) : null;
  return signature ?? refuse("BAD_SIGNATURE_FORMAT", `${EPISTULA.binding} is not v1 and 0x…`);
}

function read(text: string, bare: boolean, policy: AuthPolicy): Uint8Array | null {
  const spelling = { upperCase: true, bare, upperPrefix: policy.lenientHex };
  return readSignature(text, spelling) ?? null;
}
