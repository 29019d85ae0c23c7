import { s3Error } from "../errors.ts";
import type { S3Head } from "../head.ts";
import { type Claim, type Scope, timestampMs } from "./claim.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const OTHER_VERSION = `the authorization mechanism is not supported; use ${ALGORITHM}`;
const CREDENTIAL = /^([\w.~/+=-]{1,128})\/(\d{8})\/([\w-]{0,64})\/(\w{1,32})\/aws4_request$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const HEADERS = /^[a-z0-9-]+(?:;[a-z0-9-]+){0,99}$/;
const FIELD = /^(Credential|SignedHeaders|Signature)=(.*)$/;
/** Seven days, the most that S3 allows. */
const MAX_EXPIRES_SEC = 604_800;

/** The signature of a request, from its header or its query. @throws CodedError of S3 */
export function readClaim(head: S3Head): Claim {
  const authorization = head.header("authorization");
  const isPresigned = head.query.has("X-Amz-Algorithm") || head.query.has("X-Amz-Signature");
  if (authorization !== undefined && isPresigned) {
    throw s3Error("InvalidArgument", "only one authentication mechanism is allowed");
  }
  if (authorization !== undefined) return fromHeader(authorization, head);
  if (isPresigned) return fromQuery(head);
  if (head.query.has("AWSAccessKeyId")) throw s3Error("InvalidRequest", OTHER_VERSION);
  throw s3Error("AccessDenied", "the request is not signed");
}

function fromHeader(text: string, head: S3Head): Claim {
  if (!text.startsWith(`${ALGORITHM} `)) {
    throw s3Error("InvalidRequest", OTHER_VERSION);
  }
  const fields = new Map<string, string>();
  for (const part of text.slice(ALGORITHM.length + 1).split(",")) {
    const [, name, value] = FIELD.exec(part.trim()) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const malformed = (what: string) =>
    s3Error("AuthorizationHeaderMalformed", `the authorization header is malformed: ${what}`);
  const timestamp = timestampOf(head) ?? "";
  if (timestamp === "") throw s3Error("AccessDenied", "x-amz-date or Date is required");
  return {
    ...readFields(
      {
        credential: fields.get("Credential"),
        signedHeaders: fields.get("SignedHeaders"),
        signature: fields.get("Signature"),
      },
      malformed,
    ),
    timestamp,
    expiresSec: null,
  };
}

function fromQuery({ query }: S3Head): Claim {
  const malformed = (what: string) =>
    s3Error("AuthorizationQueryParametersError", `the query is malformed: ${what}`);
  if (query.get("X-Amz-Algorithm") !== ALGORITHM) throw malformed("X-Amz-Algorithm");
  const expires = query.get("X-Amz-Expires") ?? "";
  const expiresSec = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
  if (expiresSec < 1 || expiresSec > MAX_EXPIRES_SEC) throw malformed("X-Amz-Expires");
  const timestamp = query.get("X-Amz-Date") ?? "";
  if (Number.isNaN(timestampMs(timestamp))) throw malformed("X-Amz-Date");
  return {
    ...readFields(
      {
        credential: query.get("X-Amz-Credential"),
        signedHeaders: query.get("X-Amz-SignedHeaders"),
        signature: query.get("X-Amz-Signature"),
      },
      malformed,
    ),
    timestamp,
    expiresSec,
  };
}

function readFields(
  sent: Readonly<Record<"credential" | "signedHeaders" | "signature", string | undefined>>,
  malformed: (what: string) => Error,
): Pick<Claim, "accessKeyId" | "scope" | "signedHeaders" | "signature"> {
  const [, accessKeyId, date, region, service] = CREDENTIAL.exec(sent.credential ?? "") ?? [];
  if (accessKeyId === undefined || date === undefined) throw malformed("Credential");
  if (service !== "s3") throw malformed("the service of the credential is not s3");
  const names = sent.signedHeaders?.toLowerCase() ?? "";
  if (!HEADERS.test(names)) throw malformed("SignedHeaders");
  const signedHeaders = names.split(";").sort();
  if (!signedHeaders.includes("host")) throw malformed("SignedHeaders has no host");
  const signature = sent.signature ?? "";
  if (!SIGNATURE.test(signature)) throw malformed("Signature");
  const scope: Scope = { date, region: region ?? "", service };
  return { accessKeyId, scope, signedHeaders, signature };
}

/** `x-amz-date`, or `Date` as HTTP writes it. */
function timestampOf(head: S3Head): string | undefined {
  const own = head.header("x-amz-date");
  if (own !== undefined) return Number.isNaN(timestampMs(own)) ? undefined : own;
  const at = Date.parse(head.header("date") ?? "");
  if (Number.isNaN(at)) return undefined;
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
