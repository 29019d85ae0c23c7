import type { FamilyId } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";
import { readBounded, retry } from "@neurond/runtime";

const MAX_REPORT_BYTES = 1_048_576;

/** A peer's answer: the text of a report, or why there is none. */
export type FetchedReport =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent"; readonly reason: "HTTP_STATUS" | "UNREACHABLE" | "TOO_LARGE" };

/** Which report is asked for, of whom, and where. */
export interface ReportRequest {
  readonly url: string;
  readonly runId: RunId;
  readonly familyId: FamilyId;
  /** Another validator's report that the peer may hold; its own by default. */
  readonly of?: Hotkey;
  readonly timeoutMs: number;
}

/** Asks a peer for a report; a peer that fails is data, not an error. One retry, no redirects. */
export async function fetchReport(
  request: ReportRequest,
  signal: AbortSignal,
): Promise<FetchedReport> {
  const url = new URL(`/v1/consensus/scores/${request.runId}`, request.url);
  url.searchParams.set("family_id", request.familyId);
  if (request.of !== undefined) url.searchParams.set("validator", request.of);
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]);
  try {
    const response = await retry((attempt) => fetch(url, { redirect: "error", signal: attempt }), {
      signal: bounded,
      attempts: 2,
      firstDelayMs: 100,
      retryable: () => !bounded.aborted,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return { kind: "absent", reason: "HTTP_STATUS" };
    }
    const body = await readBounded(response, MAX_REPORT_BYTES);
    return { kind: "text", text: Buffer.from(body).toString("utf8") };
  } catch (error) {
    signal.throwIfAborted();
    const isLarge = (error as { readonly code?: unknown }).code === "ANSWER_TOO_LARGE";
    return { kind: "absent", reason: isLarge ? "TOO_LARGE" : "UNREACHABLE" };
  }
}
