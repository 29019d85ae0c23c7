import { CodedError, isAbort } from "@neurond/primitives";
import type { StorageRulesCode } from "@neurond/storage-rules";
import type { JobState, JobStates } from "./job-state.ts";
import type { Semaphore } from "./semaphore.ts";

/** What a run of a job is given. */
export interface JobRun {
  readonly block: number;
  /** Aborts when the daemon ends or the job's deadline has passed. */
  readonly signal: AbortSignal;
  /** Does one request once a permit is free; every request of a job goes through it. */
  readonly limit: <Value>(work: () => Promise<Value>) => Promise<Value>;
}

/** Work that is done again every so many blocks, whatever other jobs do. */
export interface Job {
  readonly name: string;
  readonly everyBlocks: number;
  /** A run that takes longer is aborted, and counts as failed. */
  readonly deadlineMs: number;
  readonly run: (run: JobRun) => Promise<void>;
}

/** What a scheduler is made of. */
export interface SchedulerParts {
  readonly jobs: readonly Job[];
  /** Numbers of new blocks, as they come. */
  readonly heads: AsyncIterable<number>;
  readonly states: JobStates;
  readonly permits: Semaphore;
  /** Hears of runs that failed; the job waits longer each time, up to 32 times its cadence. */
  readonly onFailure: (job: string, error: unknown, failures: number) => void;
  /** Hears of every run that is over, well or badly, and how long it took. */
  readonly onDone?: (job: string, block: number, elapsedMs: number) => void;
  /** Hears of blocks at which a job was due while its last run was not done. */
  readonly onSkip?: (job: string, block: number) => void;
}

const MAX_BACKOFF = 32;

/**
 * Runs each job when its blocks have passed, beside the others. A job that still runs when it is due
 * skips: runs are never queued. Ends when the heads end or the signal aborts, and all runs are done.
 * @throws CodedError JOBS_INVALID
 */
export async function runJobs(parts: SchedulerParts, signal: AbortSignal): Promise<void> {
  const { jobs, heads, states, onDone, onSkip } = parts;
  checkJobs(jobs);
  const running = new Map<string, Promise<void>>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined); // heard below, as long as heads come
  const iterator = heads[Symbol.asyncIterator]();
  try {
    for (;;) {
      const head = await Promise.race([next(iterator, signal), failed.promise]);
      if (head === null) break;
      for (const job of jobs) {
        if (!isDue(job, states.get(job.name), head)) continue;
        if (running.has(job.name)) {
          onSkip?.(job.name, head);
          continue;
        }
        const began = performance.now();
        const run = runOnce(job, head, parts, signal).finally(() => {
          running.delete(job.name);
          onDone?.(job.name, head, performance.now() - began);
        });
        running.set(job.name, run);
        run.catch(failed.reject); // only a state that cannot be saved gets here: that is fatal
      }
    }
  } finally {
    await Promise.allSettled(running.values());
    // Not waited for: a source that still waits for a head would answer only after it.
    iterator.return?.().catch(() => undefined);
  }
}

/** Whether a job is to run; also when the chain is below its last run, for then it is another chain. */
function isDue({ everyBlocks }: Job, state: JobState | undefined, block: number): boolean {
  if (state === undefined || block < state.last_block) return true;
  const backoff = Math.min(MAX_BACKOFF, 2 ** Math.max(0, state.failures - 1));
  return block - state.last_block >= everyBlocks * backoff;
}

async function runOnce(
  job: Job,
  block: number,
  { states, permits, onFailure }: SchedulerParts,
  signal: AbortSignal,
): Promise<void> {
  const before = states.get(job.name) ?? { last_block: block, runs: 0, failures: 0 };
  const runs = before.runs + 1;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(job.deadlineMs)]);
  try {
    const limit = <Value>(work: () => Promise<Value>) => permits.run(work, deadline);
    await job.run({ block, signal: deadline, limit });
  } catch (error) {
    // A run that the end of the daemon cut short is done again at the next start.
    if (signal.aborted && (isAbort(error) || error === signal.reason)) return;
    const failures = before.failures + 1;
    onFailure(job.name, error, failures);
    await states.set(job.name, { last_block: block, runs, failures });
    return;
  }
  await states.set(job.name, { last_block: block, runs, failures: 0 });
}

/** The next head; null when there is none, or the signal aborts first. */
async function next(iterator: AsyncIterator<number>, signal: AbortSignal): Promise<number | null> {
  if (signal.aborted) return null;
  const aborted = Promise.withResolvers<null>();
  const abort = () => aborted.resolve(null);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const step = iterator.next().then(({ done, value }) => (done ? null : value));
    return await Promise.race([step, aborted.promise]);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function checkJobs(jobs: readonly Job[]): void {
  const names = new Set(jobs.map(({ name }) => name));
  const slow = jobs.find(
    ({ everyBlocks }) => !Number.isSafeInteger(everyBlocks) || everyBlocks < 1,
  );
  if (names.size === jobs.length && slow === undefined) return;
  const reason = slow ? `${slow.name} has no cadence` : "two have the same name";
  throw new CodedError<StorageRulesCode>("JOBS_INVALID", `jobs cannot be run: ${reason}`);
}
