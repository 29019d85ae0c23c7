import {
  type AdmissionCode,
  answerRefusal,
  type ErrorDialect,
  type Refusal,
} from "@neurond/epistula";
import type { Exchange } from "../exchange.ts";
import type { Denial } from "../policy.ts";

const ADMISSION_CODES: ReadonlySet<string> = new Set<AdmissionCode>([
  "SENDER_NOT_ALLOWED",
  "NOT_REGISTERED",
  "NO_PERMIT",
  "LOW_STAKE",
  "METAGRAPH_UNAVAILABLE",
]);

/** A refusal in the words the operator chose; counters and the log keep ours. */
export function denialOf(
  refusal: Refusal,
  exchange: Exchange,
  auth: { readonly errorDialect: ErrorDialect; readonly opaqueErrors: boolean },
): Denial {
  const { status, headers, body } = answerRefusal(refusal, { requestId: exchange.id, ...auth });
  const skewed = refusal.code === "STALE" || refusal.code === "FUTURE";
  return {
    policy: ADMISSION_CODES.has(refusal.code) ? "authorise" : "authenticate",
    deny: {
      status,
      code: body.code,
      loggedCode: refusal.code,
      detail: body.detail,
      // A clock that is wrong is the commonest cause of refusals: its owner can tell from this.
      headers: skewed ? { ...headers, "X-Server-Time": String(exchange.receivedAt) } : headers,
    },
  };
}
