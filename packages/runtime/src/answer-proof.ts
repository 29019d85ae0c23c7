import { createHash } from "node:crypto";
import {
  BTAUTH,
  EPISTULA,
  type RawHeaders,
  verifyBtauthResponse,
  verifyEpistulaResponse,
} from "@neurond/epistula";
import { CodedError, type Hotkey } from "@neurond/primitives";
import type { AnswerHeaders } from "./answer-headers.ts";
import type { RuntimeCode } from "./errors.ts";

/** An answer, and the request it claims to be of. */
export interface AnswerToProve {
  readonly url: URL;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Uint8Array;
  /** Authentication headers of the request as sent. */
  readonly sent: RawHeaders;
  readonly requester: Hotkey;
  readonly responder: Hotkey;
}

/**
 * Whether the responder signed this answer to this request. A signature that is there and wrong is an
 * error, whoever asked for one: somebody altered the answer. Refusals are rarely signed; what is not a
 * success is only believed, never demanded to be proven.
 */
export async function proveAnswer(
  answer: AnswerToProve,
  proof: "required" | "wanted",
): Promise<boolean> {
  const verdict = await judge(answer);
  if (verdict === false) throw unproven(answer, "carries a signature that does not cover it");
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (verdict === undefined && proof === "required" && isSuccess) {
    throw unproven(answer, "is not signed");
  }
  return verdict ?? false;
}

/** Undefined where nothing is signed, in the way the request was. */
async function judge(answer: AnswerToProve): Promise<boolean | undefined> {
  const { status, headers, body, requester, responder } = answer;
  const of = (name: string) => answer.sent.find(([sent]) => sent === name)?.[1];
  const bodySha256 = createHash("sha256").update(body).digest();
  const nonce = of(BTAUTH.nonce);
  const btauth = headers.get(BTAUTH.responseSignature);
  if (btauth !== null && nonce !== undefined) {
    return verifyBtauthResponse({ status, bodySha256, nonce, requester, responder }, btauth);
  }
  const [uuid, timestamp] = [of(EPISTULA.uuid), of(EPISTULA.timestamp)];
  const epistula = headers.get(EPISTULA.responseSignature);
  if (epistula === null || uuid === undefined || timestamp === undefined) return undefined;
  return verifyEpistulaResponse({ bodySha256, uuid, timestamp, responder }, epistula);
}

function unproven({ url, responder, status }: AnswerToProve, how: string): CodedError<RuntimeCode> {
  const message = `the answer ${status} of ${responder} from ${url.origin} ${how}: do not use it`;
  return new CodedError("ANSWER_UNPROVEN", message, { url: url.origin, responder, status });
}
