import { answer } from "../edge/answer.ts";
import type { Arrival } from "../exchange.ts";
import type { Denial } from "../policy.ts";
import type { Established } from "./establish.ts";

/**
 * Lets a request pass. Every header is always there: a gateway that copies them into the request thereby
 * replaces what the client wrote in their place.
 */
export function answerPassed(arrival: Arrival, { level, caller }: Established): void {
  const standing = caller?.standing ?? null;
  const isProven = level === "interval" || level === "full";
  const { response, request } = arrival;
  if (response.headersSent || response.destroyed) return;
  response.statusCode = 204;
  response.setHeader("X-Request-Id", arrival.id);
  response.setHeader("X-Auth-Level", level);
  response.setHeader("X-Epistula-Signed-By", isProven ? (caller?.hotkey ?? "") : "");
  response.setHeader("X-Epistula-Claimed-By", caller?.hotkey ?? "");
  response.setHeader("X-Epistula-Uid", isProven && standing ? String(standing.uid) : "");
  response.setHeader("X-Epistula-Stake", isProven && standing ? String(standing.stakeRao) : "");
  // A gateway that sends the body too is not made to wait for us to read it.
  if (!request.complete) response.setHeader("Connection", "close");
  response.end();
}

/** What gateways take for a refusal; nginx makes 500 of anything else. */
const PLAIN = new Set([401, 403, 429, 503]);

/** Turns a request away: 401 for what a better signature would cure, 403 for what it would not. */
export function answerDenied(arrival: Arrival, { policy, deny }: Denial): void {
  const { status, code, detail, headers } = deny;
  const cured = policy === "authenticate" || policy === "interval" ? 401 : 403;
  const told = PLAIN.has(status) ? status : status >= 500 ? 503 : cured;
  answer(arrival, told, headers ?? {}, { detail, code, requestId: arrival.id });
}
