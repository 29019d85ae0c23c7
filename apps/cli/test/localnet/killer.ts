import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DAEMONS } from "../../src/commands/localnet/cast.ts";

/** Everybody who can be killed, but for the one who started them all. */
export const VICTIMS = ["devnet", "postgres", ...DAEMONS.map(({ name }) => name)];

/** Numbers in [0, 1), the same for the same seed (mulberry32: small, and good enough to vary). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many victims in a random order, none twice before each had its turn. */
export function* victims(count: number, random: () => number): Generator<string> {
  let turn: string[] = [];
  for (let at = 0; at < count; at += 1) {
    if (turn.length === 0) turn = [...VICTIMS];
    const [victim = ""] = turn.splice(Math.floor(random() * turn.length), 1);
    yield victim;
  }
}

/** Ends a process of a localnet as a crash does; false when it is just not there. */
export async function killNow(directory: string, victim: string): Promise<boolean> {
  const pid = await pidOf(directory, victim);
  if (pid === undefined) return false;
  process.kill(pid, "SIGKILL");
  return true;
}

async function pidOf(directory: string, victim: string): Promise<number | undefined> {
  if (victim === "postgres") {
    const file = join(directory, "postgres/data/postmaster.pid");
    const [line] = (await readFile(file, "utf8").catch(() => "")).split("\n");
    return line ? Number(line) : undefined;
  }
  const word = victim === "devnet" ? "chain.state" : `config/${victim}.yaml`;
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (line.includes(join(directory, word))) return Number(name);
  }
  return undefined;
}
