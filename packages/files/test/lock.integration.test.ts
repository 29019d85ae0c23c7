import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const TAKER = fileURLToPath(new URL("./taker.ts", import.meta.url));
const PROCESSES = 6;
const signal = AbortSignal.timeout(60_000);

let directory: string;
let path: string;
let counter: string;
let takers: ChildProcess[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-locks-"));
  path = join(directory, "lock");
  counter = join(directory, "counter");
  takers = Array.from({ length: PROCESSES }, () =>
    fork(TAKER, [path, counter], { execArgv: ["--conditions=neurond:source"] }),
  );
  await Promise.all(takers.map((taker) => once(taker, "message", { signal })));
});

afterAll(async () => {
  for (const taker of takers) taker.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

test("of many processes one at a time does what the lock is for", async () => {
  await writeFile(counter, "0");
  await Promise.all(takers.map((taker) => tell(taker, { steps: 10 })));
  expect(await readFile(counter, "utf8")).toBe(`${PROCESSES * 10}`);
});

test("the lock of a killed process goes to exactly one of many takers in many processes", async () => {
  // The first lock is a note that an earlier version was killed with.
  await writeFile(path, `{"host":"here","pid":1073741824,"id":"x"}\n`);
  while (takers.length > 1) {
    const answers = await Promise.all(takers.map((taker) => tell(taker, { takers: 5 })));
    expect(answers.map(({ taken }) => taken).sort()).toEqual([
      ...Array.from({ length: takers.length - 1 }, () => 0),
      1,
    ]);
    const [holder] = takers.splice(
      answers.findIndex(({ taken }) => taken === 1),
      1,
    );
    holder?.kill("SIGKILL");
    if (holder?.signalCode === null) await once(holder, "exit", { signal });
  }
  expect(await readdir(directory)).toEqual(["counter", "lock"]);
});

async function tell(taker: ChildProcess, order: object): Promise<{ readonly taken?: number }> {
  const answered = once(taker, "message", { signal });
  taker.send(order);
  const [answer] = await answered;
  return answer;
}
