import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const children = new Set<ChildProcess>();

/** Starts the program in a directory, with nothing of our environment but where programs are, and their code. */
export function startProcess(
  directory: string,
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): ChildProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ["--conditions=neurond:source", MAIN, ...args], {
    cwd: directory,
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child.once("exit", () => children.delete(child)));
  return child;
}

/** Ends what a test has left behind. */
export function killProcesses(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** What a process logs, as it comes. */
export function linesOf(child: ChildProcess) {
  const lines: Record<string, unknown>[] = [];
  if (child.stdout === null) throw new Error("no output");
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  const find = (msg: string) => lines.find((line) => line["msg"] === msg);
  return {
    when: (msg: string) => expect.poll(() => find(msg), { timeout: 20_000 }).toBeDefined(),
    find,
  };
}

/** A directory with a `config.json` in it. */
export async function directoryWith(config: object): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "neurond-proxy-process-"));
  await writeFile(join(directory, "config.json"), JSON.stringify(config));
  return directory;
}

/** Resident bytes of a Linux process: now, and at most since `forget`. */
export async function memoryOf(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return {
    now: kib("VmRSS") * 1024,
    most: kib("VmHWM") * 1024,
    forget: () => writeFile(`/proc/${pid}/clear_refs`, "5"),
  };
}
