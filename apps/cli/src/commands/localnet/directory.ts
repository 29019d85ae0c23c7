import { writeFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FilesCode, type HeldLock, tryLock } from "@neurond/files";
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

/** How the system says that this user may not write there. */
const REFUSALS = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "LOCK_FILE_UNUSABLE" satisfies FilesCode];
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
  await using resources = new AsyncDisposableStack();
  try {
    await mkdir(root, { recursive: true });
    resources.use(await takeLock(root, signal));
    resources.defer(() => rm(pidsIn(root), { force: true }));
    if (fresh) await wipe(places);
    for (const name of ["config", "data", "logs"]) {
      await mkdir(join(root, name), { recursive: true });
    }
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    const message = `cannot write ${root}: change its owner, or choose another with --directory`;
    throw localnetError("NO_WRITE_PERMISSION", message, { root }, cause);
  }
  const owned = resources.move();
  return { places, [Symbol.asyncDispose]: () => owned.disposeAsync() };
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

/** Everything of a localnet, and nothing else somebody may keep there; lock and process ids stay. */
async function wipe(places: Places): Promise<void> {
  const { founding, genesis, chain, postgres, wallets, stored, root } = places;
  const folders = ["config", "data", "files", "logs", "returned"].map((name) => join(root, name));
  for (const path of [founding, genesis, chain, postgres, wallets, stored, ...folders]) {
    await rm(path, { recursive: true, force: true });
  }
}

/** Takes the lock, which a killed localnet gave back; its children are waited for. */
async function takeLock(root: string, signal: AbortSignal): Promise<HeldLock> {
  const held = tryLock(join(root, "localnet.lock"));
  const [parent, ...children] = await readPids(root);
  if (held === undefined) {
    const message = `a localnet runs in ${root} already (process ${parent ?? "unknown"}): stop it, or choose another with --directory`;
    throw localnetError("LOCALNET_RUNNING", message, { root, pid: parent });
  }
  try {
    const deadline = Date.now() + LEAVE_MS;
    while (children.some(isAlive) && Date.now() < deadline) {
      await sleep(50, undefined, { signal });
    }
    notePids(root, []);
    return held;
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
}

/** Notes which processes are ours, for whoever comes after a kill. */
export function notePids(root: string, children: readonly number[]): void {
  writeFileSync(pidsIn(root), [process.pid, ...children].join("\n"));
}

/** Process ids of the localnet that has, or had, the directory: the parent's first. */
export async function readPids(root: string): Promise<readonly number[]> {
  const text = await readFile(pidsIn(root), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean).map(Number);
}

function pidsIn(root: string): string {
  return join(root, "localnet.pids");
}

function isRefused(error: unknown): boolean {
  return REFUSALS.some((code) => code === codeOf(error));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
