import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { findRelease, type Version } from "../src/index.ts";

export const SIGNAL = AbortSignal.timeout(60_000);

/** A remote with one commit, a clone of it, and a file that trusts one of two keys. */
export function world() {
  const scratch = mkdtempSync(join(tmpdir(), "neurond-updater-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: scratch,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  const git = (directory: string, ...args: readonly string[]) =>
    execFileSync("git", args, { cwd: directory, env, stdio: "pipe" }).toString().trim();
  const key = (name: string) => {
    const file = join(scratch, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
    return file;
  };
  const [remote, clone] = [join(scratch, "remote"), join(scratch, "clone")];
  mkdirSync(remote);
  git(remote, "init", "--quiet", "--initial-branch=main");
  git(remote, "commit", "--quiet", "--allow-empty", "-m", "one");
  git(scratch, "clone", "--quiet", remote, clone);
  const [trusted, stranger] = [key("trusted"), key("stranger")];
  const allowedSigners = join(scratch, "allowed_signers");
  writeFileSync(allowedSigners, `releases@example.com ${readFileSync(`${trusted}.pub`, "utf8")}`);
  const sign = (tag: string, by = trusted) =>
    git(
      remote,
      ...["-c", "gpg.format=ssh", "-c", `user.signingkey=${by}`],
      ...["tag", "--sign", "-m", tag, tag],
    );
  const options = {
    directory: clone,
    remote: "origin",
    keys: { allowedSigners },
    environment: env,
    signal: SIGNAL,
  };
  const find = (running: Version = [1, 0, 0], keys: object = { allowedSigners }) =>
    findRelease({ ...options, running, keys });
  return { scratch, remote, clone, stranger, git, sign, find, options };
}
