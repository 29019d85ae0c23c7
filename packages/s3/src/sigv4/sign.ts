import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { awsEncode, awsEncodePath } from "../encode.ts";
import type { S3Head } from "../head.ts";
import { type Claim, type Scope, scopeText } from "./claim.ts";

/** SHA-256 in hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

const hmac = (key: Uint8Array | string, text: string) =>
  createHmac("sha256", key).update(text).digest();

/** The key of one day, region and service (SigV4 "derive a signing key"). */
export function signingKey(secret: string, { date, region, service }: Scope): Uint8Array {
  const day = hmac(`AWS4${secret}`, date);
  return hmac(hmac(hmac(day, region), service), "aws4_request");
}

/** The signature of a text, in hexadecimal digits. */
export const signText = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text).digest("hex");

/** Whether two signatures are the same, in a time that does not tell where they differ. */
export function equalDigits(ours: string, theirs: string): boolean {
  const [a, b] = [Buffer.from(ours), Buffer.from(theirs)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The canonical request of SigV4 as S3 has it: paths are encoded once and never normalised. */
export function canonicalRequest(head: S3Head, claim: Claim, payloadHash: string): string {
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(head.header(name) ?? "").trim().replace(/ +/g, " ")}\n`,
  );
  return [
    head.method,
    awsEncodePath(head.target.path),
    canonicalQuery(head),
    headers.join(""),
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

function canonicalQuery({ target }: S3Head): string {
  const pairs = target.query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [awsEncode(name), awsEncode(value)] as const);
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** What is signed of a canonical request. */
export const stringToSign = ({ timestamp, scope }: Claim, canonical: string): string =>
  ["AWS4-HMAC-SHA256", timestamp, scopeText(scope), sha256Hex(canonical)].join("\n");
