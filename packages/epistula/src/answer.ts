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

type Wording = readonly [detail: string, status?: number];

/** What servers of both dialects say alike. */
const SHARED: Partial<Record<AuthCode, Wording>> = {
  BAD_TIMESTAMP: ["Invalid Timestamp"],
  STALE: ["Request is too stale"],
  BAD_SENDER: ["Invalid Keypair"],
  BAD_SIGNATURE_FORMAT: ["Invalid Signature Format"],
  BAD_SIGNATURE: ["Signature Mismatch"],
};

/** epistula.md section 9; a code without an entry keeps our own detail and status. */
const WORDINGS: Readonly<Record<ErrorDialect, Partial<Record<AuthCode, Wording>>>> = {
  neurond: {},
  dippy: {
    ...SHARED,
    MISSING_AUTHORIZATION: ["Authorization header required"],
    BAD_AUTHORIZATION_FORMAT: ["Invalid authorization header format"],
    BAD_AUTH_SCHEME: ["Invalid authorization scheme"],
    SIGNATURE_HEADER_CONFLICT: ["Authorization signature mismatch"],
    MISSING_HEADERS: ["Missing Epistula authentication headers"],
    WRONG_RECEIVER: ["Invalid signed_for address"],
    SENDER_NOT_ALLOWED: ["Sender not allowed"],
    AUTH_INTERNAL: ["Authentication service not available"],
  },
  targon: {
    ...SHARED,
    BAD_TIMESTAMP: ["Invalid Timestamp", 400],
    STALE: ["Request is too stale", 400],
    BAD_SIGNATURE: ["Signature Mismatch", 400],
    UNSUPPORTED_VERSION: ["Unknown Epistula version"],
    WRONG_RECEIVER: ["Bad Request, message is not intended for self", 400],
    NOT_REGISTERED: ["Signer not in metagraph", 401],
    NO_PERMIT: ["No VPermit", 401],
    LOW_STAKE: ["Stake too low", 401],
  },
};

/** The HTTP answer to a refusal. */
export function answerRefusal(refusal: Refusal, options: AnswerOptions): RefusalAnswer {
  const { requestId, errorDialect = "neurond", opaqueErrors = false } = options;
  const { code, retryAfterSeconds } = refusal;
  const hidden = opaqueErrors && STATUS[code] === 401;
  const [detail, wordedStatus] = WORDINGS[errorDialect][code] ?? [refusal.detail];
  const status = hidden ? 401 : (wordedStatus ?? STATUS[code]);
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
