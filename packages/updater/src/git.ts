import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { promisify } from "node:util";
import { CodedError } from "@neurond/primitives";
import type { UpdaterCode } from "./errors.ts";

/** Who may sign releases; at least one of the two. */
export interface TrustedKeys {
  /** File in the format of ssh's allowed signers: `name ssh-ed25519 AAAA…` a line. */
  readonly allowedSigners?: string | undefined;
  /** A GnuPG directory with the public keys of releases and no others. */
  readonly gnupgHome?: string | undefined;
}

/** A clone, and how git is run in it. */
export interface GitOptions {
  readonly directory: string;
  readonly keys: TrustedKeys;
  /** Of it git gets PATH, HOME and the agent of ssh, for the way to the remote. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What git printed, and whether it said yes. */
export interface GitAnswer {
  readonly isFine: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT = 8 * 1024 * 1024;

/**
 * Runs git without anything that the clone or the machine could add to it: no hooks, no settings of user or
 * system, no questions, no other programs that check signatures.
 */
export async function git(
  { directory, keys, environment, signal }: GitOptions,
  args: readonly string[],
): Promise<GitAnswer> {
  const settings = {
    "core.hooksPath": devNull,
    "core.fsmonitor": "false",
    "gpg.program": "gpg",
    "gpg.openpgp.program": "gpg",
    "gpg.ssh.program": "ssh-keygen",
    "gpg.ssh.allowedSignersFile": keys.allowedSigners ?? devNull,
    "gpg.ssh.revocationFile": "",
    "protocol.ext.allow": "never",
  };
  const { PATH = "/usr/bin:/bin", HOME = "/nonexistent", SSH_AUTH_SOCK } = environment;
  const env = {
    PATH,
    HOME,
    ...(SSH_AUTH_SOCK && { SSH_AUTH_SOCK }),
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: "0",
    // An empty keyring knows nobody.
    GNUPGHOME: keys.gnupgHome ?? devNull,
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  try {
    const { stdout, stderr } = await promisify(execFile)("git", [...flags, ...args], {
      cwd: directory,
      env,
      signal,
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT,
    });
    return { isFine: true, stdout, stderr };
  } catch (error) {
    signal.throwIfAborted();
    const { code, stdout = "", stderr = "" } = error as ExecFailure;
    if (typeof code === "number") return { isFine: false, stdout, stderr };
    throw gitFailed("git cannot be run", String(code ?? "it took too long"), error);
  }
}

interface ExecFailure {
  readonly code?: number | string;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The output of a command that must succeed. @throws CodedError GIT_FAILED */
export async function gitText(options: GitOptions, args: readonly string[]): Promise<string> {
  const { isFine, stdout, stderr } = await git(options, args);
  if (isFine) return stdout;
  throw gitFailed(`git ${args[0]} failed`, stderr.split("\n", 1)[0] ?? "");
}

function gitFailed(what: string, why: string, cause?: unknown): CodedError<UpdaterCode> {
  return new CodedError<UpdaterCode>("GIT_FAILED", `${what}: ${why}`, {}, { cause });
}
