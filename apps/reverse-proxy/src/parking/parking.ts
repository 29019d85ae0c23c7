import type { Logger } from "@neurond/runtime";
import type { Exchange } from "../exchange.ts";
import type { ResponseSink } from "../forward/sink.ts";
import type { Deny } from "../policy.ts";
import type { JobOutcome, ParkedJob } from "./job.ts";
import type { ParkingMetrics } from "./metrics.ts";
import { ParkedSink } from "./parked-sink.ts";
import { ResultBytes } from "./result-bytes.ts";
import type { ParkingSettings } from "./settings.ts";
import type { StatusStore } from "./status-store.ts";

export interface ParkingDeps {
  readonly metrics: ParkingMetrics;
  readonly log: Logger;
  /** Null keeps outcomes in memory only. */
  readonly store: StatusStore | null;
  /** Unix milliseconds; by default the clock of the machine. */
  readonly now?: () => number;
}

/** A request that was taken over. */
export interface ParkedRequest {
  readonly id: string;
  /** Takes the answer. */
  readonly sink: ResponseSink;
  /** A server's socket has been given the request. */
  sent(): void;
  /** It got no slot after all. */
  denied(deny: Deny): void;
}

/** A job, and whether this process still waits for its answer. */
export interface FoundJob {
  readonly job: ParkedJob;
  /** Of the answer; null where there is none or it was too long to keep. */
  readonly body: Buffer | null;
  readonly alive: boolean;
}

interface Kept {
  job: ParkedJob;
  body: Buffer | null;
  /** Writes of one job go one after the other, or the first could overwrite the last. */
  saved: Promise<void>;
}

/** Ended jobs that are remembered, for each that may be at work. */
const ENDED_PER_WORKING = 16;

/** Requests that go on after their client was told to ask again, and what became of them. */
export class Parking {
  readonly #settings: ParkingSettings;
  readonly #deps: ParkingDeps;
  readonly #now: () => number;
  readonly #bytes: ResultBytes;
  readonly #working = new Map<string, Kept>();
  /** The longest ended first. */
  readonly #ended = new Map<string, Kept>();
  readonly #saving = new Set<Promise<void>>();

  constructor(settings: ParkingSettings, deps: ParkingDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#bytes = new ResultBytes(settings.maxTotalBytes, () => this.#dropOldestBody());
  }

  /** Requests still at work. */
  get working(): number {
    return this.#working.size;
  }

  /**
   * Takes a request over, under its `job_id`, or its own id where that is at work already; undefined
   * when as many are at work as may.
   */
  park(
    exchange: Exchange,
    jobId: string | null,
    sentAtMs: number | null,
  ): ParkedRequest | undefined {
    const { metrics } = this.#deps;
    const full = this.#working.size >= this.#settings.maxJobs;
    metrics.parked.inc({ result: full ? "full" : "parked" });
    if (full) return undefined;
    const owner = ownerOf(exchange);
    const isFree = jobId !== null && !this.#working.has(keyOf(owner, jobId));
    const job: ParkedJob = {
      owner,
      id: isFree ? jobId : exchange.id,
      requestId: exchange.id,
      path: exchange.path,
      queuedAtMs: exchange.receivedAt,
      sentAtMs,
      endedAtMs: null,
      outcome: null,
    };
    const kept: Kept = { job, body: null, saved: Promise.resolve() };
    this.#forget(keyOf(owner, job.id));
    this.#working.set(keyOf(owner, job.id), kept);
    this.#show();
    // From here on even a killed proxy can say that it does not know.
    this.#save(kept);
    return this.#requestOf(kept);
  }

  /** What is known of a job, told to its owner only. */
  async find(owner: string, id: string): Promise<FoundJob | undefined> {
    const working = this.#working.get(keyOf(owner, id));
    if (working !== undefined) return { job: working.job, body: null, alive: true };
    this.#forgetOld();
    const ended = this.#ended.get(keyOf(owner, id));
    if (ended !== undefined && (ended.body !== null || this.#deps.store === null))
      return { job: ended.job, body: ended.body, alive: false };
    const stored = await this.#deps.store?.find(owner, id);
    if (stored !== undefined && stored.forgottenAtMs > this.#now())
      return { job: stored.job, body: stored.body, alive: false };
    return ended && { job: ended.job, body: null, alive: false };
  }

  /** Settles when all that is known is in the store: of jobs still at work, that they were begun. */
  async handOver(): Promise<void> {
    for (const kept of this.#working.values()) this.#save(kept);
    while (this.#saving.size > 0) await Promise.all(this.#saving);
  }

  #requestOf(kept: Kept): ParkedRequest {
    const end = (outcome: JobOutcome, body: Buffer | null) => this.#end(kept, outcome, body);
    return {
      id: kept.job.id,
      sink: new ParkedSink(this.#settings.maxResultBytes, this.#bytes, end),
      sent: () => {
        kept.job = { ...kept.job, sentAtMs: kept.job.sentAtMs ?? this.#now() };
      },
      denied: ({ code, detail }) => end({ kind: "denied", code, detail }, null),
    };
  }

  #end(kept: Kept, outcome: JobOutcome, body: Buffer | null): void {
    const key = keyOf(kept.job.owner, kept.job.id);
    if (!this.#working.delete(key)) return;
    kept.job = { ...kept.job, endedAtMs: this.#now(), outcome };
    kept.body = body;
    this.#ended.set(key, kept);
    this.#deps.metrics.ended.inc({ outcome: outcome.kind });
    this.#save(kept);
    this.#forgetOld();
    this.#show();
  }

  #save(kept: Kept): void {
    const { store, log } = this.#deps;
    if (store === null) return;
    const { job, body } = kept;
    const knownAtMs = job.endedAtMs ?? this.#now();
    const forgottenAtMs = knownAtMs + this.#settings.statusRetentionSec * 1_000;
    const saved = kept.saved
      .then(() => store.save({ job, body, forgottenAtMs }))
      .catch((error: unknown) => log.warn({ err: error, jobId: job.id }, "parked job not stored"))
      .finally(() => this.#saving.delete(saved));
    kept.saved = saved;
    this.#saving.add(saved);
  }

  #forgetOld(): void {
    const oldestMs = this.#now() - this.#settings.statusRetentionSec * 1_000;
    const most = this.#settings.maxJobs * ENDED_PER_WORKING;
    for (const [key, { job }] of this.#ended) {
      if ((job.endedAtMs ?? 0) > oldestMs && this.#ended.size <= most) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    const kept = this.#ended.get(key);
    if (kept === undefined) return;
    this.#ended.delete(key);
    this.#bytes.give(kept.body?.length ?? 0);
  }

  #dropOldestBody(): boolean {
    for (const kept of this.#ended.values()) {
      if (kept.body === null || kept.body.length === 0) continue;
      this.#bytes.give(kept.body.length);
      kept.body = null;
      return true;
    }
    return false;
  }

  #show(): void {
    this.#deps.metrics.working.set(this.#working.size);
    this.#deps.metrics.bytes.set(this.#bytes.kept);
  }
}

/** Whose job it is: the hotkey's that signed, or the address's where nobody did. */
export function ownerOf({ principal, ip }: Pick<Exchange, "principal" | "ip">): string {
  return principal?.hotkey ?? ip;
}

function keyOf(owner: string, id: string): string {
  return `${owner}/${id}`;
}
