import { hash } from "node:crypto";
import type { Principal } from "@neurond/epistula";
import type { RequestReceipt } from "@neurond/receipts";
import type { Forwarded } from "../forward/forward.ts";
import { type Ending, type Served, statusOf } from "../served.ts";
import { signatureHeaders } from "./evidence.ts";

/**
 * The receipt of a request that is over; null for one that leaves none: nobody proved anything, and no
 * upstream was asked. `endedMs` is Unix milliseconds.
 */
export function receiptOf(
  { exchange, ending, held }: Served,
  endedMs: number,
): RequestReceipt | null {
  const { principal, head, route } = exchange;
  const forwarded = forwardedOf(ending);
  if (principal === null && forwarded === null) return null;
  const isKept = held !== null;
  // Keys in order: see `encodeReceipt`.
  return {
    caller: principal === null ? null : callerOf(principal),
    code: ending.kind === "denied" ? ending.denial.deny.code : null,
    ended_ms: Math.max(0, Math.round(endedMs)),
    failure: forwarded?.failure ?? null,
    first_byte_ms: whole(forwarded?.firstByteMs),
    kind: "request",
    method: head.method,
    outcome: ending.kind,
    proof: principal === null ? null : signatureHeaders(head.headers),
    queued_ms: whole(ending.kind === "forwarded" ? ending.queuedMs : null),
    received_ms: Math.max(0, Math.round(exchange.receivedAt)),
    request: {
      bytes: isKept ? held.sizeBytes : (forwarded?.bytesIn ?? 0),
      sha256: isKept ? held.sha256.toString("hex") : null,
    },
    request_id: exchange.id,
    response: {
      bytes: forwarded?.bytesOut ?? 0,
      sha256: forwarded?.responseSha256?.toString("hex") ?? null,
    },
    route: route.name,
    status: statusOf(ending),
    target: principal === null ? null : head.target,
    target_sha256: hash("sha256", head.target, "hex"),
    upstream: "upstream" in ending ? ending.upstream : null,
    upstream_status: forwarded?.status ?? null,
    v: 1,
  };
}

function forwardedOf(ending: Ending): Forwarded | null {
  return ending.kind === "forwarded" || ending.kind === "parked" ? ending.forwarded : null;
}

function callerOf(principal: Principal): NonNullable<RequestReceipt["caller"]> {
  return {
    covers_body: principal.coversBody,
    covers_target: principal.coversTarget,
    hotkey: principal.hotkey,
    nonce: principal.nonce,
    receiver: principal.receiver,
    scheme: principal.scheme,
    signed_ms: principal.signedAtMs,
    uid: principal.standing?.uid ?? null,
  };
}

function whole(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.max(0, Math.round(ms));
}
