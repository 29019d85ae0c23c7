import { type Hotkey, isAbort, isCoded } from "@neurond/primitives";
import { endpointUrl, type MinerEndpoint } from "@neurond/registry";
import type { CheckedFetch } from "./checked-fetch.ts";
import { readAtMost } from "./read-at-most.ts";

/** Why an endpoint is not what a validator needs. */
export type ProbeReason =
  | "port-zero"
  | "private-address"
  | "unresolved"
  | "tls"
  | "timeout"
  | "unreachable"
  | "status"
  | "identity"
  | "overlong"
  /** The time for all probes was over before its turn. */
  | "not-asked";

/** What a probe came to. */
export type ProbeResult =
  | {
      readonly valid: true;
      readonly latencyMs: number;
      /** Whether the answer named the hotkey, as the reverse proxy's does; 200 alone says less. */
      readonly identified: boolean;
    }
  | { readonly valid: false; readonly reason: ProbeReason; readonly detail: string };

/** How to probe. */
export interface ProbeOptions {
  /** What goes nowhere it should not. */
  readonly fetch: CheckedFetch;
  readonly signal: AbortSignal;
  /** 3000 unless given. */
  readonly timeoutMs?: number;
  /** Only https is what orchestrators use; http is for networks of one owner. */
  readonly scheme?: "https" | "http";
}

const TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 4_096;
const TLS = /^(?:CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|EPROTO)/;

/**
 * Asks an endpoint whether it serves a hotkey: `GET /check/{hotkey}`. An unreachable or lying endpoint
 * is a result; rejects only when the signal fires.
 */
export async function probeEndpoint(
  { endpoint, hotkey }: { readonly endpoint: MinerEndpoint; readonly hotkey: Hotkey },
  { signal, timeoutMs = TIMEOUT_MS, scheme = "https", fetch }: ProbeOptions,
): Promise<ProbeResult> {
  if (endpoint.port === 0) return invalid("port-zero", "nobody can be reached at port 0");
  const url = new URL(`/check/${hotkey}`, endpointUrl(endpoint, scheme));
  const sentAt = performance.now();
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { signal: bounded });
    const text = await readAtMost(response, MAX_ANSWER_BYTES);
    const latencyMs = Math.round(performance.now() - sentAt);
    if (response.status !== 200) return invalid("status", `answered ${response.status}`);
    const named = identifierIn(text);
    if (named !== undefined && named !== hotkey) {
      return invalid("identity", `serves ${String(named).slice(0, 64)}`);
    }
    return { valid: true, latencyMs, identified: named === hotkey };
  } catch (error) {
    signal.throwIfAborted();
    return explain(error, timeoutMs);
  }
}

function identifierIn(text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    const isRecord = typeof answer === "object" && answer !== null;
    return isRecord && "identifier" in answer ? answer.identifier : undefined;
  } catch {
    return undefined;
  }
}

function explain(error: unknown, timeoutMs: number): ProbeResult {
  if (isCoded(error, "ADDRESS_PRIVATE")) return invalid("private-address", error.message);
  if (isCoded(error, "HOST_UNRESOLVED")) return invalid("unresolved", error.message);
  if (isCoded(error, "ANSWER_OVERLONG")) return invalid("overlong", error.message);
  const isLate = error instanceof Error && (error.name === "TimeoutError" || isAbort(error));
  if (isLate) return invalid("timeout", `no answer within ${timeoutMs} ms`);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  return invalid(TLS.test(code) ? "tls" : "unreachable", message || code);
}

function invalid(reason: ProbeReason, detail: string): ProbeResult {
  return { valid: false, reason, detail };
}
