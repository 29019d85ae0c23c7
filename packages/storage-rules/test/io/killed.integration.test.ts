import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NO_DIGEST, openLine, TaskEvent } from "@neurond/storage-rules";
import { JobStates, openEventLog } from "@neurond/storage-rules/io";
import { expect, onTestFinished, test } from "vitest";

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
