import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Job, JobStates, runJobs, Semaphore } from "@neurond/storage-rules/io";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "jobs-"));
  file = join(directory, "jobs.json");
});
afterEach(() => rm(directory, { recursive: true }));

const never = new AbortController().signal;
const job = (name: string, everyBlocks: number, run: Job["run"]): Job => {
  return { name, everyBlocks, deadlineMs: 10_000, run };
};

/** How many runs have begun and are not over, with their state kept. */
let out = 0;
beforeEach(() => {
  out = 0;
});

/** Blocks one after the other, each once all runs that the last one began are over, but for those held. */
async function* heads(blocks: readonly number[], held = 0) {
  for (const block of blocks) {
    yield block;
    while (out > held) await turn();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function schedule(jobs: readonly Job[], blocks: AsyncIterable<number>, signal = never) {
  const failures: [string, string, number][] = [];
  const skipped: [string, number][] = [];
  await runJobs(
    {
      jobs: jobs.map((one) => ({
        ...one,
        run: (run) => {
          out += 1;
          return one.run(run);
        },
      })),
      heads: blocks,
      onDone: () => {
        out -= 1;
      },
      states: await JobStates.open(file),
      permits: new Semaphore(2),
      onFailure: (name, error, count) => failures.push([name, (error as Error).message, count]),
      onSkip: (name, block) => skipped.push([name, block]),
    },
    signal,
  );
  return { failures, skipped };
}

test("each job runs by its own cadence, and goes on by it after a restart", async () => {
  const runs: [string, number][] = [];
  const note = (name: string, every: number) =>
    job(name, every, async ({ block }) => void runs.push([name, block]));
  const jobs = [note("store", 15), note("challenge", 3)];
  await schedule(jobs, heads([100, 101, 103, 115]));
  await schedule(jobs, heads([116, 117, 118, 130]));
  expect(runs.filter(([name]) => name === "store").map(([, block]) => block)).toEqual([
    100, 115, 130,
  ]);
  expect(runs.filter(([name]) => name === "challenge").map(([, block]) => block)).toEqual([
    100, 103, 115, 118, 130,
  ]);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
    version: 1,
    jobs: {
      challenge: { last_block: 130, runs: 5, failures: 0 },
      store: { last_block: 130, runs: 3, failures: 0 },
    },
  });
  expect(await readdir(directory)).toEqual(["jobs.json"]);
});

test("a job that still runs when it is due skips, and holds nobody else up", async () => {
  const done = Promise.withResolvers<void>();
  const runs: number[] = [];
  const slow = job("slow", 1, () => done.promise);
  const quick = job("quick", 1, async ({ block }) => void runs.push(block));
  async function* blocks() {
    yield* heads([1, 2, 3], 1);
    done.resolve();
  }
  const { skipped } = await schedule([slow, quick], blocks());
  expect(runs).toEqual([1, 2, 3]);
  expect(skipped).toEqual([
    ["slow", 2],
    ["slow", 3],
  ]);
});

test("a job that fails is told of, waits longer each time, and recovers", async () => {
  const runs: number[] = [];
  const flaky = job("flaky", 1, async ({ block }) => {
    runs.push(block);
    if (block < 8) throw new Error(`no at ${block}`);
  });
  const { failures } = await schedule([flaky], heads([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  expect(runs).toEqual([1, 2, 4, 8, 9, 10]);
  expect(failures).toEqual([
    ["flaky", "no at 1", 1],
    ["flaky", "no at 2", 2],
    ["flaky", "no at 4", 3],
  ]);
});

test("a run beyond its deadline is aborted and counts as failed", async () => {
  const hanging: Job = {
    ...job("hanging", 1, ({ signal }) => {
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    }),
    deadlineMs: 5,
  };
  const { failures } = await schedule([hanging], heads([1]));
  expect(failures.map(([name]) => name)).toEqual(["hanging"]);
});

test("a run that the end cuts short is done again at the next start", async () => {
  const end = new AbortController();
  let runs = 0;
  const long = job("long", 100, ({ signal }) => {
    runs += 1;
    if (runs > 1) return Promise.resolve();
    end.abort();
    return Promise.reject(signal.reason);
  });
  await schedule([long], heads([1]), end.signal);
  expect((await JobStates.open(file)).get("long")).toBeUndefined();
  await schedule([long], heads([2]));
  expect((await JobStates.open(file)).get("long")).toEqual({ last_block: 2, runs: 1, failures: 0 });
});

test("the end does not wait for a source of blocks that says nothing", async () => {
  const end = new AbortController();
  async function* silent() {
    yield 1;
    end.abort();
    await new Promise(() => undefined);
  }
  await expect(
    schedule([job("any", 1, async () => undefined)], silent(), end.signal),
  ).resolves.toBeDefined();
});

test("all jobs share the permits for requests", async () => {
  let open = 0;
  let most = 0;
  const request = async () => {
    open += 1;
    most = Math.max(most, open);
    await turn();
    open -= 1;
  };
  const busy = (name: string) =>
    job(name, 1, async ({ limit }) => {
      await Promise.all([limit(request), limit(request), limit(request)]);
    });
  await schedule([busy("a"), busy("b")], heads([1]));
  expect(most).toBe(2);
});

describe("permits", () => {
  test("are not lost by who gives up waiting, or fails", async () => {
    const permits = new Semaphore(1);
    const held = Promise.withResolvers<void>();
    const first = permits.run(() => held.promise, never);
    const impatient = new AbortController();
    const second = permits.run(async () => "second", impatient.signal);
    const third = permits.run(async () => "third", never);
    impatient.abort();
    await expect(second).rejects.toThrow(/abort/i);
    held.reject(new Error("failed"));
    await expect(first).rejects.toThrow("failed");
    await expect(third).resolves.toBe("third");
    await expect(permits.run(async () => "fourth", never)).resolves.toBe("fourth");
  });
});

test("a file that is no state of jobs is not overwritten", async () => {
  await writeFile(file, '{"version":2}');
  await expect(JobStates.open(file)).rejects.toThrow(/move it aside/);
});

test("jobs of one name, or without a cadence, are refused", async () => {
  const one = job("one", 1, async () => undefined);
  await expect(schedule([one, one], heads([]))).rejects.toThrow(/same name/);
  await expect(schedule([{ ...one, everyBlocks: 0 }], heads([]))).rejects.toThrow(/no cadence/);
});
