import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applyRelease } from "../src/index.ts";
import { world } from "./world.ts";

/** A world whose releases are built by `npm run build`, and a program that restarts what is current. */
function releasing() {
  const its = world();
  const { scratch, remote, git, sign, find, options } = its;
  const releases = join(scratch, "releases");
  const restart = join(scratch, "restart");
  writeFileSync(restart, `#!/bin/sh\ncat "$NEUROND_RELEASE/built" >> ${scratch}/runs\n`);
  chmodSync(restart, 0o755);
  const publish = (tag: string, build: string) => {
    writeFileSync(join(remote, "package.json"), JSON.stringify({ scripts: { build } }));
    git(remote, "add", "package.json");
    git(remote, "commit", "--quiet", "-m", tag);
    sign(tag);
  };
  const apply = async () => {
    const { release } = await find();
    if (release === null) throw new Error("no release is signed");
    return applyRelease({ ...options, release, releases, restart });
  };
  const runs = () => readFileSync(join(scratch, "runs"), "utf8");
  const current = () => readlinkSync(join(releases, "current"));
  return { ...its, releases, publish, apply, runs, current };
}

describe("a signed release", () => {
  test("is built beside what runs, made current, and started once", async () => {
    const { releases, publish, apply, runs, current } = releasing();
    publish("v1.1.0", "echo one > built");
    expect(await apply()).toEqual({ directory: join(releases, "v1.1.0"), isSwitched: true });
    expect(await apply()).toMatchObject({ isSwitched: false });
    expect([current(), runs()]).toEqual(["v1.1.0", "one\n"]);
    publish("v1.2.0", "echo two > built");
    await apply();
    expect([current(), runs()]).toEqual(["v1.2.0", "one\ntwo\n"]);
  });

  test("that does not build changes nothing", async () => {
    const { publish, apply, runs, current } = releasing();
    publish("v1.1.0", "echo one > built");
    await apply();
    publish("v1.2.0", "exit 3");
    await expect(apply()).rejects.toMatchObject({ code: "UPDATE_BUILD_FAILED" });
    expect([current(), runs()]).toEqual(["v1.1.0", "one\n"]);
  });

  test("that does not start gives way to the one before, which is started again", async () => {
    const { publish, apply, runs, current } = releasing();
    publish("v1.1.0", "echo one > built");
    await apply();
    publish("v1.2.0", "true");
    await expect(apply()).rejects.toMatchObject({ code: "UPDATE_RESTART_FAILED" });
    expect([current(), runs()]).toEqual(["v1.1.0", "one\none\n"]);
  });

  test("whose building was killed is built anew", async () => {
    const { releases, publish, apply } = releasing();
    publish("v1.1.0", "echo one > built");
    mkdirSync(join(releases, "v1.1.0"), { recursive: true });
    writeFileSync(join(releases, "v1.1.0", "half"), "");
    const { directory } = await apply();
    expect(existsSync(join(directory, "half"))).toBe(false);
    expect(readFileSync(join(directory, "built"), "utf8")).toBe("one\n");
  });
});
