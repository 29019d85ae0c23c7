import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "./is-alive.ts";

/** A server that says it runs on some data. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The file in which a server says that it runs on the data. */
export function pidFile(data: string): string {
  return join(data, "postmaster.pid");
}

/** The server on the data; null when none runs, whatever a killed one has left behind. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const text = await readFile(pidFile(data), "utf8").catch(() => null);
  if (text === null) return null;
  // Line 1: process id; line 4: port.
  const [pid = Number.NaN, , , port = Number.NaN] = text.split("\n").map(Number);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  return (await isServerOf(data, pid)) ? { pid, port } : null;
}

/** Process ids are used again, above all in containers: the file may name one that is no Postgres. */
async function isServerOf(data: string, pid: number): Promise<boolean> {
  if (process.platform === "linux") {
    const args = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return args.split("\0").includes(data);
  }
  const ps = promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]);
  return ps.then(
    ({ stdout }) => stdout.includes(data),
    () => false,
  );
}
