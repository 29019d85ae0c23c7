import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Secret } from "@neurond/runtime";
import { NO_DIGEST, openLine, TaskEvent } from "@neurond/storage-rules";
import {
  JobStates,
  openEventLog,
  openFileSink,
  WandbApi,
  WandbOutbox,
} from "@neurond/storage-rules/io";
import { WandbReceiver } from "@neurond/testing/wandb";
import { expect, onTestFinished, test } from "vitest";

const SOON = { interval: 1, timeout: 15_000 };
const SENDER = fileURLToPath(new URL("./wandb-sender.ts", import.meta.url));
const WRITER = fileURLToPath(new URL("./writer.ts", import.meta.url));

test("whatever the moment of its end, the log is whole and the state of jobs is not behind it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "killed-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (let kill = 0; kill < 5; kill += 1) {
    const child = spawn(process.execPath, ["--conditions=neurond:source", WRITER, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");

    await using _ = await openEventLog(directory); // cuts off what is torn
    const aside = (await readdir(directory)).filter((name) => /^events-\d+\.jsonl$/.test(name));
    let prev = NO_DIGEST;
    let last = -1;
    for (const name of [...aside.sort(), "events.jsonl"]) {
      const text = await readFile(join(directory, name), "utf8");
      for (const line of text.split("\n").slice(0, -1)) {
        const opened = openLine(line);
        expect(opened?.prev).toBe(prev);
        prev = opened?.digest ?? "";
        last = TaskEvent.parse(opened?.record).block;
      }
    }
    const { last_block = -1 } =
      (await JobStates.open(join(directory, "jobs.json"))).get("store") ?? {};
    // Each event is written before the state that follows it.
    expect(last - last_block).toBeGreaterThanOrEqual(0);
    expect(last - last_block).toBeLessThanOrEqual(1);
  }
});

test("whatever the moment of its end, each row that was written is at wandb once, in its place", async () => {
  const directory = await mkdtemp(join(tmpdir(), "killed-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const key = "k".repeat(40);
  await using receiver = await WandbReceiver.start(key);
  for (let kill = 0; kill < 2; kill += 1) {
    const args = ["--conditions=neurond:source", SENDER, directory, receiver.url, key];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const before = receiver.seen.length;
    await expect.poll(() => receiver.seen.length - before, SOON).toBeGreaterThan(kill);
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  const run = { project: "trial", entity: "team", notes: "", tags: [] };
  await using sink = await openFileSink(directory, run, { forWandb: true });
  const outbox = await WandbOutbox.open({
    ...{ directory: sink.directory, entity: run.entity, files: {}, tell: () => undefined },
    api: new WandbApi({ baseUrl: receiver.url, apiKey: new Secret(key) }),
  });
  const stop = new AbortController();
  const following = outbox.follow(stop.signal);
  const written = await rowsIn(sink.directory);
  const sent = () =>
    [...receiver.runs].map(([id, { history }]) => [id, history.map(({ block }) => block)]);
  await expect.poll(sent, SOON).toEqual(written);
  stop.abort();
  await following;
  expect([...receiver.runs.values()].every(({ isComplete }) => isComplete)).toBe(true);
  expect(receiver.faults).toEqual([]);
});

/** Blocks of the rows of each run that has some, by its id. */
async function rowsIn(directory: string): Promise<readonly (readonly [string, number[]])[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith("history-")).sort();
  const found: [string, number[]][] = [];
  for (const name of [...names, "history.jsonl"]) {
    for (const line of (await readFile(join(directory, name), "utf8")).split("\n").slice(0, -1)) {
      const value = JSON.parse(line);
      if (value._run) found.push([value._run.id, []]);
      else found.at(-1)?.[1].push(value.block);
    }
  }
  return found.filter(([, blocks]) => blocks.length > 0);
}
