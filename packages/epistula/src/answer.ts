import { type AuthCode, type Refusal, STATUS } from "./refusal.ts";

/** Whose words and status numbers answer a refused request: tools of the field search for them. */
export type ErrorDialect = "neurond" | "dippy" | "targon";

/** How refusals are answered. */
export interface AnswerOptions {
  readonly requestId: string;
  readonly errorDialect?: ErrorDialect;
  /** Every 401 reads alike, so that nobody learns which check failed. The log keeps the refusal. */
  readonly opaqueErrors?: boolean;
}

/** An HTTP answer to a refused request; the body is JSON. */
export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly detail: string;
    readonly code: AuthCode | "UNAUTHORIZED";
    readonly requestId: string;
  };
}

/** Without a detail ours stands, without a status `STATUS` does. */
interface Wording {
  readonly detail?: string;
  readonly status?: number;
}

/** What servers of both dialects say alike. */
const SHARED: Partial<Record<AuthCode, Wording>> = {
  BAD_TIMESTAMP: { detail: "Invalid Timestamp" },
  STALE: { detail: "Request is too stale" },
  BAD_SENDER: { detail: "Invalid Keypair" },
  BAD_SIGNATURE_FORMAT: { detail: "Invalid Signature Format" },
  BAD_SIGNATURE: { detail: "Signature Mismatch" },
};

/** epistula.md section 9; a code without an entry keeps our own detail and status. */
const WORDINGS: Readonly<Record<ErrorDialect, Partial<Record<AuthCode, Wording>>>> = {
  neurond: {},
  dippy: {
    ...SHARED,
    MISSING_AUTHORIZATION: { detail: "Authorization header required" },
    BAD_AUTHORIZATION_FORMAT: { detail: "Invalid authorization header format" },
    BAD_AUTH_SCHEME: { detail: "Invalid authorization scheme" },
    SIGNATURE_HEADER_CONFLICT: { detail: "Authorization signature mismatch" },
    MISSING_HEADERS: { detail: "Missing Epistula authentication headers" },
    WRONG_RECEIVER: { detail: "Invalid signed_for address" },
    SENDER_NOT_ALLOWED: { detail: "Sender not allowed" },
    AUTH_INTERNAL: { detail: "Authentication service not available" },
  },
  targon: {
    ...SHARED,
    BAD_TIMESTAMP: { detail: "Invalid Timestamp", status: 400 },
    STALE: { detail: "Request is too stale", status: 400 },
    BAD_SIGNATURE: { detail: "Signature Mismatch", status: 400 },
    FUTURE: { status: 400 },
    UNSUPPORTED_VERSION: { detail: "Unknown Epistula version" },
    WRONG_RECEIVER: { detail: "Bad Request, message is not intended for self", status: 400 },
    NOT_REGISTERED: { detail: "Signer not in metagraph", status: 401 },
    NO_PERMIT: { detail: "No VPermit", status: 401 },
    LOW_STAKE: { detail: "Stake too low", status: 401 },
  },
};

/** The HTTP answer to a refusal. */
export function answerRefusal(refusal: Refusal, options: AnswerOptions): RefusalAnswer {
  const { requestId, errorDialect = "neurond", opaqueErrors = false } = options;
  const { code, retryAfterSeconds } = refusal;
  const hidden = opaqueErrors && STATUS[code] === 401;
  const worded = WORDINGS[errorDialect][code];
  const detail = worded?.detail ?? refusal.detail;
  const status = hidden ? 401 : (worded?.status ?? STATUS[code]);
  return {
    status,
    headers: {
      // A client that knows btauth/1 may move up to it.
      ...(status === 401 && { "WWW-Authenticate": "btauth/1" }),
      ...((status === 429 || status === 503) && { "Retry-After": String(retryAfterSeconds ?? 1) }),
    },
    body: hidden
      ? { detail: "unauthorized", code: "UNAUTHORIZED", requestId }
      : { detail, code, requestId },
  };
}
