import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UpdateShape } from "../src/commands/update/schema.ts";
import { run } from "./run.ts";

const scratch = mkdtempSync(join(tmpdir(), "neurond-update-"));
const [remote, clone] = [join(scratch, "remote"), join(scratch, "clone")];
const [key, signers] = [join(scratch, "key"), join(scratch, "signers")];
const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    cwd: remote,
    stdio: "pipe",
  });

beforeAll(() => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  writeFileSync(signers, `releases@example.com ${readFileSync(`${key}.pub`, "utf8")}`);
  mkdirSync(remote);
  git("init", "--quiet");
  const scripts = { build: "echo well > built" };
  writeFileSync(join(remote, "package.json"), JSON.stringify({ scripts }));
  git("add", "package.json");
  git("commit", "--quiet", "--no-gpg-sign", "-m", "one");
  git("-c", "gpg.format=ssh", "-c", `user.signingkey=${key}`, "tag", "-s", "-m", "x", "v1.1.0");
  git("tag", "--no-sign", "-a", "-m", "x", "v1.2.0");
  git("clone", "--quiet", remote, clone);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const update = async (...args: string[]) => {
  const where = ["--repository", clone, "--allowed-signers", signers, "--json"];
  const env = { PATH: process.env["PATH"] ?? "", HOME: scratch };
  const { exitCode, stdout } = await run(["update", ...where, ...args], { env });
  return { exitCode, result: UpdateShape.parse(JSON.parse(stdout)) };
};

test("neurond update finds the signed release, names the unsigned one, and exits 1", async () => {
  const { exitCode, result } = await update("--running", "1.0.0");
  expect([exitCode, result.state, result.release?.version]).toEqual([1, "newer", "1.1.0"]);
  expect(result.refused).toEqual([{ tag: "v1.2.0", reason: "UNSIGNED" }]);
});

test("neurond update exits 1 when only a tag that nobody signed is newer, and 0 when none is", async () => {
  expect(await update("--running", "1.1.0")).toMatchObject({
    exitCode: 1,
    result: { state: "refused", release: null },
  });
  expect(await update("--running", "1.2.0")).toMatchObject({
    exitCode: 0,
    result: { state: "current" },
  });
});

test("neurond update --apply puts the signed release in place, and exits 0", async () => {
  const releases = join(scratch, "releases");
  const { exitCode, result } = await update("--running", "1.0.0", "--apply", releases);
  const directory = join(releases, "v1.1.0");
  expect([exitCode, result.applied]).toEqual([0, { directory, switched: true }]);
  expect(readFileSync(join(releases, "current", "built"), "utf8")).toBe("well\n");
});

test("neurond update trusts nobody without being told whom", async () => {
  const { exitCode, stdout } = await run(["update", "--repository", clone, "--json"]);
  expect(exitCode).not.toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "UPDATE_KEYS_MISSING" } });
});
