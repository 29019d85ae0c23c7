import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** The server that is measured runs here, everything else on the other core. */
export const SERVER_CORE = 0;
export const OTHER_CORE = Math.min(1, availableParallelism() - 1);

const TICK_MS = 10;
const hasTaskset = spawnSync("taskset", ["--version"]).status === 0;

/** A process kept on one core, so that nobody's speed is somebody else's idle core. */
export class Pinned implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(core: number, command: string, args: readonly string[], ipc = false) {
    const pinned = hasTaskset ? ["taskset", "-c", `${core}`, command] : [command];
    const [program = command, ...before] = pinned;
    const channel = ipc ? (["ipc"] as const) : [];
    const stdio = ["ignore", "ignore", "inherit", ...channel] as const;
    this.#child = spawn(program, [...before, ...args], { stdio: [...stdio] });
  }

  /** One of our own scripts, which says its first word when it is ready. */
  static async node(core: number, script: string, argument: object = {}) {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const flags = ["--conditions=neurond:source", "--expose-gc", file, JSON.stringify(argument)];
    const pinned = new Pinned(core, process.execPath, flags, true);
    const ready = await pinned.hear();
    return { pinned, ready };
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a wish and waits for what came of it. */
  async ask(wish: object): Promise<unknown> {
    this.#child.send(wish);
    return this.hear();
  }

  async hear(): Promise<unknown> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const heard = (message: unknown) => {
        child.off("exit", ended);
        resolve(message);
      };
      const ended = (code: number | null) => {
        child.off("message", heard);
        reject(new Error(`a process of the bench ended with ${code}`));
      };
      child.once("message", heard).once("exit", ended);
    });
  }

  /** Processor time so far, in milliseconds: of the main thread, and of all others together. */
  async cpuMs(): Promise<{ readonly main: number; readonly others: number }> {
    const tasks = await readdir(`/proc/${this.pid}/task`);
    const times = await Promise.all(tasks.map((task) => threadMs(this.pid, task)));
    const main = times[tasks.indexOf(`${this.pid}`)] ?? 0;
    return { main, others: times.reduce((sum, time) => sum + time, 0) - main };
  }

  /** Resident memory in MB, now and at its highest since `forgetPeak`. */
  async memory(): Promise<{ readonly now: number; readonly peak: number }> {
    const status = await readFile(`/proc/${this.pid}/status`, "utf8");
    const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    return { now: kilobytes("VmRSS") / 1024, peak: kilobytes("VmHWM") / 1024 };
  }

  /** `peak` counts from here (proc(5), clear_refs). */
  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.pid}/clear_refs`, "5");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}

async function threadMs(pid: number, task: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/task/${task}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}
