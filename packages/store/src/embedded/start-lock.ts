import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../errors.ts";

const HEARTBEAT_MS = 1_000;
/** After this silence a holder counts as dead although it cannot be asked: another container, a reused id. */
const SILENCE_MS = 30_000;

/** Runs `work` while no other process does the same on this file. A killed holder locks nobody out. */
export async function withStartLock<T>(
  file: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const own = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  while (!(await claim(file, own))) await sleep(25, undefined, { signal });
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await read(file)) === own) await rm(file, { force: true });
  }
}

async function claim(file: string, own: string): Promise<boolean> {
  try {
    await writeFile(file, own, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const found = await read(file);
  if (found !== null && (await isDead(file, found))) await remove(file, found);
  return false;
}

async function isDead(file: string, found: string): Promise<boolean> {
  const modified = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - modified > SILENCE_MS) return true;
  try {
    const { host, pid } = JSON.parse(found) as { readonly host: unknown; readonly pid: unknown };
    return host === hostname() && typeof pid === "number" && !isAlive(pid);
  } catch {
    return false; // half written: its writer is given the time
  }
}

/** Two waiters may find the same dead holder: the slower must not remove the quicker one's new lock. */
async function remove(file: string, found: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await read(aside)) !== found) await link(aside, file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error;
  }
  await rm(aside, { force: true });
}

/** Whether a process of this id runs; one of another user may not be asked, but it lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

async function read(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch(() => null);
}
