import { readFile } from "node:fs/promises";
import { writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { StorageRulesCode } from "@neurond/storage-rules";
import { z } from "zod";

const JobState = z.strictObject({
  last_block: z.int().min(0),
  runs: z.int().min(0),
  /** Failed runs in a row. */
  failures: z.int().min(0),
});
/** What is kept of a job. */
export type JobState = z.output<typeof JobState>;

const StateFile = z.strictObject({
  version: z.literal(1),
  jobs: z.record(z.string().max(64), JobState),
});

/** When each job ran last, in a file that a crash leaves whole. One process writes it. */
export class JobStates {
  readonly #path: string;
  readonly #jobs: Map<string, JobState>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, jobs: Map<string, JobState>) {
    this.#path = path;
    this.#jobs = jobs;
  }

  /** Reads what is there; nothing is there at first. @throws CodedError STATE_INVALID */
  static async open(path: string): Promise<JobStates> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (text === null) return new JobStates(path, new Map());
    try {
      const { jobs } = StateFile.parse(JSON.parse(text));
      return new JobStates(path, new Map(Object.entries(jobs)));
    } catch (cause) {
      const message = `${path} does not hold the state of jobs; move it aside to begin anew`;
      throw new CodedError<StorageRulesCode>("STATE_INVALID", message, { path }, { cause });
    }
  }

  /** What is kept of a job; undefined before its first run. */
  get(name: string): JobState | undefined {
    return this.#jobs.get(name);
  }

  /** Keeps what became of a run. Saves follow each other; what waits for one is in the next. */
  async set(name: string, state: JobState): Promise<void> {
    this.#jobs.set(name, state);
    const saved = this.#saving.then(() => this.#save());
    this.#saving = saved.catch(() => undefined);
    await saved;
  }

  #save(): Promise<void> {
    const jobs = Object.fromEntries(this.#jobs);
    return writeWhole(this.#path, `${JSON.stringify({ version: 1, jobs })}\n`);
  }
}
