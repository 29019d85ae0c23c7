import type { Hotkey } from "@neurond/primitives";

/** HTTP status of every reason to turn a request away, as our own dialect answers it. */
export const STATUS = {
  MISSING_AUTHORIZATION: 401,
  BAD_AUTHORIZATION_FORMAT: 401,
  BAD_AUTH_SCHEME: 401,
  SIGNATURE_HEADER_CONFLICT: 401,
  MISSING_HEADERS: 401,
  MALFORMED_AUTH: 401,
  UNSUPPORTED_VERSION: 400,
  DUPLICATE_HEADER: 400,
  HEADERS_TOO_LARGE: 431,
  SCHEME_NOT_ALLOWED: 401,
  WRONG_RECEIVER: 401,
  BAD_TIMESTAMP: 401,
  BAD_UUID: 401,
  STALE: 401,
  FUTURE: 401,
  BAD_SENDER: 401,
  BAD_SIGNATURE_FORMAT: 401,
  BAD_SIGNATURE: 401,
  REPLAY: 401,
  BODY_LATE: 408,
  BODY_TOO_LARGE: 413,
  SENDER_NOT_ALLOWED: 403,
  NOT_REGISTERED: 403,
  NO_PERMIT: 403,
  LOW_STAKE: 403,
  RATE_LIMITED: 429,
  METAGRAPH_UNAVAILABLE: 503,
  REPLAY_UNAVAILABLE: 503,
  AUTH_INTERNAL: 500,
} as const;

/** Why a request was turned away. */
export type AuthCode = keyof typeof STATUS;

/** A request turned away: an outcome, never thrown. */
export interface Refusal {
  readonly kind: "refused";
  readonly code: AuthCode;
  /** One line for logs and, unless opaque, for the peer; never a signature, payload or body. */
  readonly detail: string;
  /** Who the request claims to be from; proven only where `code` is decided after the signature. */
  readonly claimedSender?: Hotkey;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** What a refusal may carry beside its code and detail. */
export type RefusalContext = Pick<Refusal, "claimedSender" | "retryAfterSeconds" | "cause">;

/** Makes a refusal. */
export function refuse(code: AuthCode, detail: string, context: RefusalContext = {}): Refusal {
  return { kind: "refused", code, detail, ...context };
}
