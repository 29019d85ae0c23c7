import type { ParkedJob } from "./job.ts";

/** A parked request as it is kept: with the body of its answer, where that was kept. */
export interface StoredJob {
  readonly job: ParkedJob;
  readonly body: Buffer | null;
  /** Unix milliseconds. */
  readonly forgottenAtMs: number;
}

/** Where outcomes outlive the process; asked only for what this process does not know itself. */
export interface StatusStore {
  /** Replaces what is kept of the same owner and id. */
  save(stored: StoredJob): Promise<void>;
  find(owner: string, id: string): Promise<StoredJob | undefined>;
}
