import { writeFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localnetError } from "./errors.ts";
import { isAlive } from "./is-alive.ts";

/** Where the things of a localnet are. */
export interface Places {
  readonly root: string;
  readonly founding: string;
  readonly genesis: string;
  readonly chain: string;
  readonly postgres: string;
  readonly wallets: string;
  /** What is known of the stored file. */
  readonly stored: string;
  config(name: string): string;
  data(name: string): string;
  log(name: string): string;
}

/** A localnet's directory while it is ours. */
export interface Directory extends AsyncDisposable {
  readonly places: Places;
}

/** Children whose parent was killed need so long to notice and to leave. */
const LEAVE_MS = 8_000;

/**
 * Takes a directory for one localnet, and makes it.
 *
 * @throws CodedError LOCALNET_RUNNING, NO_WRITE_PERMISSION
 */
export async function takeDirectory(
  path: string,
  { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
): Promise<Directory> {
  const root = resolve(path);
  const places = placesIn(root);
  const lock = lockIn(root);
  try {
    await mkdir(root, { recursive: true });
    await takeLock(lock, root, signal);
    if (fresh) await wipe(places);
    for (const name of ["config", "data", "logs"]) {
      await mkdir(join(root, name), { recursive: true });
    }
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    const message = `cannot write ${root}: change its owner, or choose another with --directory`;
    throw localnetError("NO_WRITE_PERMISSION", message, { root }, cause);
  }
  return { places, [Symbol.asyncDispose]: () => rm(lock, { force: true }) };
}

/** The layout under an absolute path. */
export function placesIn(root: string): Places {
  const at = (...names: readonly string[]) => join(root, ...names);
  return {
    root,
    founding: at("localnet.json"),
    genesis: at("genesis.yaml"),
    chain: at("chain.state"),
    postgres: at("postgres"),
    wallets: at("wallets"),
    stored: at("stored.json"),
    config: (name) => at("config", `${name}.yaml`),
    data: (name) => at("data", name),
    log: (name) => at("logs", `${name}.log`),
  };
}

/** The file that says whose the directory is: process ids, the parent's first. */
export function lockIn(root: string): string {
  return join(root, "localnet.lock");
}

/** Everything of a localnet, and nothing else somebody may keep there; the lock stays. */
async function wipe(places: Places): Promise<void> {
  const { founding, genesis, chain, postgres, wallets, stored, root } = places;
  const folders = ["config", "data", "files", "logs", "returned"].map((name) => join(root, name));
  for (const path of [founding, genesis, chain, postgres, wallets, stored, ...folders]) {
    await rm(path, { recursive: true, force: true });
  }
}

/** The lock names its process, so a killed one locks nobody out; its children are waited for. */
async function takeLock(lock: string, root: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await writeFile(lock, `${process.pid}\n`, { flag: "wx" });
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const pids = (await readFile(lock, "utf8").catch(() => "")).split("\n").map(Number);
    const [parent = 0, ...children] = pids;
    if (isAlive(parent)) {
      const message = `a localnet runs in ${root} already (process ${parent}): stop it, or choose another with --directory`;
      throw localnetError("LOCALNET_RUNNING", message, { root, pid: parent });
    }
    const deadline = Date.now() + LEAVE_MS;
    while (children.some(isAlive) && Date.now() < deadline) {
      await sleep(50, undefined, { signal });
    }
    await rm(lock, { force: true });
  }
}

/** Notes in the lock which processes are ours, for whoever comes after a kill. */
export function notePids({ root }: Places, pids: readonly number[]): void {
  writeFileSync(lockIn(root), [process.pid, ...pids].join("\n"));
}

function isRefused(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS", "ENOTDIR"].some((code) => code === codeOf(error));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
