import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { ShardStore } from "../../io/shard-store.ts";
import { temporaryDirectory } from "./files.ts";
import { LIFETIME, NAMES } from "./store-operations.ts";

const CHILD = fileURLToPath(new URL("./store-child.ts", import.meta.url));
const GRACE = 10;

/** What is known of a shard: the block its receipt ends at, null when it is gone; in doubt, both. */
type Known = readonly (number | null)[];

/** Runs a child until it has said so many lines, and kills it in the middle of whatever it does. */
async function runAndKill(directory: string, seed: number, lines: number): Promise<string[]> {
  const args = ["--conditions=neurond:source", CHILD, directory, String(seed)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    if (said.length === lines) child.kill("SIGKILL");
  }
  await ended;
  return said;
}

/** What must hold after what a child said. An operation without its end may have happened or not. */
function after(known: Known[], said: readonly string[]): void {
  for (const [index, line] of said.entries()) {
    const [word, kind, place = "0", height = "0"] = line.split(" ");
    if (word !== "try") continue;
    const outcome = said[index + 1]?.split(" ");
    const [at, block] = [Number(place), Number(height)];
    const isDone = outcome?.[0] === "ok";
    if (outcome?.[1] === "nothing") continue;
    const effect = (before: number | null): number | null => {
      if (kind === "accept") return Math.max(before ?? 0, block + LIFETIME);
      if (kind === "delete") return null;
      return before !== null && before + GRACE <= block ? null : before;
    };
    for (const [shard, states] of known.entries()) {
      if (kind !== "collect" && shard !== at) continue;
      const changed = states.map(effect);
      known[shard] = [...new Set(isDone ? changed : [...states, ...changed])];
    }
  }
}

/**
 * Kills a store after so many lines that it said, once for each, in one directory: each time it must
 * have exactly what it acknowledged.
 */
export async function killStore(lines: readonly number[]): Promise<void> {
  await using directory = await temporaryDirectory();
  const known: Known[] = NAMES.map(() => [null]);
  let done = 0;
  for (const [kill, told] of lines.entries()) {
    const said = await runAndKill(directory.path, kill * 7 + 1, told);
    expect(said[0]).toBe("open");
    done += said.filter((line) => line.startsWith("ok")).length;
    after(known, said);
    const store = await ShardStore.open({ directory: directory.path, reserveBytes: 0 });
    expect(store.recovered.damaged).toEqual([]);
    for (const [at, name] of NAMES.entries()) {
      const end = store.get(name)?.receipt.expiresBlock ?? null;
      expect(known[at]).toContain(end);
      if (end !== null) expect(await store.isIntact(name)).toBe(true);
      known[at] = [end];
    }
    // Nothing is left over: three files for each shard, beside the receipts of deleted ones.
    const files = await readdir(directory.path, { recursive: true, withFileTypes: true });
    const isOfDeleted = (path: string) => path.endsWith("deleted");
    const count = files.filter((file) => file.isFile() && !isOfDeleted(file.parentPath)).length;
    expect(count).toBe(3 * store.list().length);
  }
  expect(done).toBeGreaterThan(4 * lines.length);
}
