import type { UpstreamFailure } from "../forward/sink.ts";

/** How a parked request ended. */
export type JobOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Flat, as the server sent them. */
      readonly headers: readonly string[];
      readonly sizeBytes: number;
    }
  /** Turned away by us after the client had its 202: no server heard of it. */
  | { readonly kind: "denied"; readonly code: string; readonly detail: string }
  | { readonly kind: "failed"; readonly failure: UpstreamFailure };

/** What is known of a parked request; what the caller may be told, and nobody else. */
export interface ParkedJob {
  /** The hotkey that asked, or the address where nobody signed. */
  readonly owner: string;
  /** The job_id of the body; the id of the request where there is none. */
  readonly id: string;
  readonly requestId: string;
  /** Of the request, without its query. */
  readonly path: string;
  readonly queuedAtMs: number;
  /** When a server's socket had been given the request; null before, and if none ever was. */
  readonly sentAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Null while it is at work; also for ever, if the proxy was killed in between. */
  readonly outcome: JobOutcome | null;
}

/** The word for it: `unknown` is for work that a server may have done, or be doing. */
export type JobStatus = "queued" | "processing" | "completed" | "failed" | "unknown";

/** Status of a job; `alive` is whether this process still waits for its answer. */
export function statusOf({ outcome, sentAtMs }: ParkedJob, alive: boolean): JobStatus {
  if (outcome === null)
    return sentAtMs === null && alive ? "queued" : alive ? "processing" : "unknown";
  if (outcome.kind === "answered") return outcome.status < 400 ? "completed" : "failed";
  if (outcome.kind === "denied") return "failed";
  return outcome.failure === "unreachable" ? "failed" : "unknown";
}

/** Whether a server has the request: no for certain, yes for certain, or null. */
export function wasAccepted({ outcome, sentAtMs }: ParkedJob, alive: boolean): boolean | null {
  if (outcome?.kind === "answered") return outcome.status < 400;
  if (outcome?.kind === "denied") return false;
  if (outcome?.kind === "failed" && outcome.failure === "unreachable") return false;
  // It reached a socket; what became of it there nobody said. Before that, nobody has it.
  if (sentAtMs !== null) return alive || outcome !== null ? true : null;
  return alive ? false : null;
}
