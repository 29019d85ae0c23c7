import { s3Error } from "../errors.ts";
import type { S3Head } from "../head.ts";
import { type Claim, timestampMs } from "./claim.ts";
import { readClaim } from "./read-claim.ts";
import { canonicalRequest, equalDigits, signingKey, signText, stringToSign } from "./sign.ts";

/** A key pair of S3, and whose it is. */
export interface Credential {
  readonly secret: string;
  readonly owner: string;
}

/** Port: who has an access key. */
export interface Credentials {
  find(accessKeyId: string): Promise<Credential | null>;
}

/** A request whose head is proven. */
export interface Verified {
  readonly claim: Claim;
  readonly owner: string;
  /** Signs chunks of the body. */
  readonly key: Uint8Array;
  /** What the head says of the body: a hash, or one of the words of S3. */
  readonly contentSha256: string;
}

/** S3's: how far clocks may be apart. */
const MAX_SKEW_MS = 15 * 60_000;
const UNSIGNED = "UNSIGNED-PAYLOAD";

/** Proves who sent the head of a request. @throws CodedError of S3 */
export async function verifyHead(
  head: S3Head,
  credentials: Credentials,
  nowMs: number,
): Promise<Verified> {
  const claim = readClaim(head);
  checkTime(claim, nowMs);
  const contentSha256 = contentHash(head, claim);
  checkSignedHeaders(head, claim);
  const credential = await credentials.find(claim.accessKeyId);
  if (credential === null) {
    throw s3Error("InvalidAccessKeyId", undefined, { AWSAccessKeyId: claim.accessKeyId });
  }
  const key = signingKey(credential.secret, claim.scope);
  const text = stringToSign(claim, canonicalRequest(head, claim, contentSha256));
  if (!equalDigits(signText(key, text), claim.signature)) throw s3Error("SignatureDoesNotMatch");
  return { claim, owner: credential.owner, key, contentSha256 };
}

function checkTime({ timestamp, scope, expiresSec }: Claim, nowMs: number): void {
  const at = timestampMs(timestamp);
  if (timestamp.slice(0, 8) !== scope.date) {
    throw s3Error("AccessDenied", "the day of the credential is not that of the request");
  }
  if (expiresSec === null) {
    if (Math.abs(nowMs - at) > MAX_SKEW_MS) throw s3Error("RequestTimeTooSkewed");
    return;
  }
  if (at - nowMs > MAX_SKEW_MS) throw s3Error("AccessDenied", "the request is not valid yet");
  if (nowMs > at + expiresSec * 1000) throw s3Error("AccessDenied", "the request has expired");
}

function contentHash(head: S3Head, { expiresSec }: Claim): string {
  const said = head.header("x-amz-content-sha256");
  if (expiresSec !== null) return said ?? head.query.get("X-Amz-Content-Sha256") ?? UNSIGNED;
  if (said !== undefined) return said;
  throw s3Error("InvalidRequest", "the required header x-amz-content-sha256 is missing");
}

/** Whatever changes what a request means must be signed. */
function checkSignedHeaders(head: S3Head, { signedHeaders }: Claim): void {
  const unsigned = head.headerNames.filter(
    (name) =>
      name.startsWith("x-amz-") && name !== "x-amz-content-sha256" && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw s3Error("AccessDenied", "there were headers present in the request which were not signed", {
    HeadersNotSigned: unsigned.join(", "),
  });
}
