import { execFile } from "node:child_process";
import { mkdir, readlink, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { CodedError } from "@neurond/primitives";
import type { UpdaterCode } from "./errors.ts";
import type { Release } from "./find-release.ts";
import { type GitOptions, git, gitText } from "./git.ts";

/** How a release is put in place. */
export interface ApplyOptions extends GitOptions {
  readonly release: Release;
  /** Holds a directory for each release, and `current`, a link to the one that is to run. */
  readonly releases: string;
  /** Program that starts what `current` is now, without arguments; it fails when that is not well. */
  readonly restart?: string | undefined;
  readonly buildMs?: number;
  readonly restartMs?: number;
}

/** What is in place now. */
export interface Applied {
  readonly directory: string;
  /** Whether `current` was another one before. */
  readonly isSwitched: boolean;
}

const BUILD_MS = 30 * 60_000;
const RESTART_MS = 5 * 60_000;
const MAX_OUTPUT = 64 * 1024 * 1024;
/** Written last: a directory without it was left half-built. */
const BUILT = ".neurond-built";

/**
 * Checks out what was signed beside what runs, builds it there, lets `current` mean it, and restarts.
 * When the restart fails `current` means the old one again, and that is started. Killed at any
 * point, the next call goes on; what runs is touched by nothing but the restart.
 *
 * @throws CodedError GIT_FAILED, UPDATE_BUILD_FAILED, UPDATE_RESTART_FAILED
 */
export async function applyRelease(options: ApplyOptions): Promise<Applied> {
  const { release } = options;
  const releases = resolve(options.releases);
  await mkdir(releases, { recursive: true });
  const directory = join(releases, release.tag);
  await build(options, directory);
  const current = join(releases, "current");
  const before = await readlink(current).catch(() => null);
  if (before === release.tag) return { directory, isSwitched: false };
  await point(current, release.tag);
  try {
    await restart(options, directory);
  } catch (error) {
    if (before === null) await rm(current);
    else {
      await point(current, before);
      await restart(options, join(releases, before)).catch(() => undefined);
    }
    throw error;
  }
  return { directory, isSwitched: true };
}

async function build(options: ApplyOptions, directory: string): Promise<void> {
  const { release, buildMs = BUILD_MS, signal } = options;
  const built = join(directory, BUILT);
  if (await isThere(built)) return;
  await git(options, ["worktree", "remove", "--force", "--force", "--", directory]);
  await rm(directory, { recursive: true, force: true });
  await git(options, ["worktree", "prune"]);
  await gitText(options, ["worktree", "add", "--detach", "--", directory, release.commit]);
  try {
    await program("npm", ["run", "build"], options, directory, buildMs);
    await writeFile(built, `${release.commit}\n`, { flush: true });
  } catch (error) {
    signal.throwIfAborted();
    throw failed("UPDATE_BUILD_FAILED", `${release.tag} cannot be built in ${directory}`, error);
  }
}

async function restart(options: ApplyOptions, directory: string): Promise<void> {
  const { restart: file, restartMs = RESTART_MS, signal } = options;
  if (file === undefined) return;
  try {
    await program(resolve(file), [], options, directory, restartMs);
  } catch (error) {
    signal.throwIfAborted();
    throw failed("UPDATE_RESTART_FAILED", `${file} says that ${directory} is not well`, error);
  }
}

async function program(
  file: string,
  args: readonly string[],
  { environment, signal }: ApplyOptions,
  cwd: string,
  timeout: number,
): Promise<void> {
  const env = { ...environment, NEUROND_RELEASE: cwd };
  await promisify(execFile)(file, args, { cwd, env, signal, timeout, maxBuffer: MAX_OUTPUT });
}

/** A link is replaced in one step: nobody finds none. */
async function point(link: string, target: string): Promise<void> {
  await rm(`${link}.next`, { force: true });
  await symlink(target, `${link}.next`);
  await rename(`${link}.next`, link);
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

function failed(code: UpdaterCode, what: string, cause: unknown): CodedError<UpdaterCode> {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  const why = (stderr?.trim() || (message ?? "")).split("\n").at(-1) ?? "";
  return new CodedError<UpdaterCode>(code, `${what}: ${why}`, {}, { cause });
}
