import type { ResponseSink } from "../forward/sink.ts";
import { type JobOutcome, type JobStatus, type ParkedJob, statusOf, wasAccepted } from "./job.ts";
import type { JobPath } from "./job-path.ts";
import type { FoundJob } from "./parking.ts";

/** An answer of our own about a job. */
export interface JobAnswer {
  readonly status: number;
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What is told about a parked job: its state, or what the server answered, as it answered. */
export function answerJob(found: FoundJob, asks: JobPath["asks"]): JobAnswer {
  const { job, body, alive } = found;
  const status = statusOf(job, alive);
  if (asks === "status") return json(200, document(found, status));
  const { outcome } = job;
  if (outcome?.kind === "answered" && body !== null)
    return { status: outcome.status, headers: withLength(outcome.headers, body), body };
  return json(RESULT_STATUS[status], document(found, status));
}

/** Gives a sink a whole answer. */
export function giveAnswer(sink: ResponseSink, { status, headers, body }: JobAnswer): void {
  sink.start(status, headers);
  if (body.length > 0) sink.write(body);
  sink.end([]);
}

/** Of an answer that cannot be given; a completed job lacks one when it was too long to keep. */
const RESULT_STATUS: Readonly<Record<JobStatus, number>> = {
  queued: 202,
  processing: 202,
  completed: 410,
  failed: 502,
  unknown: 504,
};

function document({ job, body, alive }: FoundJob, status: JobStatus) {
  const { outcome } = job;
  return {
    job_id: job.id,
    request_id: job.requestId,
    status,
    accepted: wasAccepted(job, alive),
    http_status: outcome?.kind === "answered" ? outcome.status : null,
    error: errorOf(outcome, status),
    queued_at: time(job.queuedAtMs),
    sent_at: time(job.sentAtMs),
    completed_at: time(job.endedAtMs),
    result_url: body === null ? null : resultPath(job),
    source: "proxy",
  };
}

function errorOf(outcome: JobOutcome | null, status: JobStatus): string | null {
  if (outcome?.kind === "denied") return outcome.detail;
  if (outcome?.kind === "failed") return outcome.failure;
  if (outcome?.kind === "answered") return status === "failed" ? `HTTP ${outcome.status}` : null;
  return status === "unknown" ? "the proxy that took it has not said how it ended" : null;
}

function resultPath({ path, id }: ParkedJob): string {
  return `${path}/result/${encodeURIComponent(id)}`;
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function json(status: number, value: object): JobAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: withLength(["content-type", "application/json"], body), body };
}

function withLength(headers: readonly string[], body: Buffer): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = "", value = ""] = headers.slice(index, index + 2);
    if (name.toLowerCase() !== "content-length") kept.push(name, value);
  }
  return [...kept, "content-length", String(body.length)];
}
