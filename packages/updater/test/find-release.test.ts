import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareVersions, parseVersion } from "../src/index.ts";
import { world } from "./world.ts";

describe("the newest release", () => {
  test("is the highest version that a trusted key signed, with the commit of its tag", async () => {
    const { remote, sign, find, git } = world();
    sign("v1.2.0");
    git(remote, "commit", "--quiet", "--allow-empty", "-m", "two");
    sign("v1.10.0");
    const { release, refused } = await find();
    expect(release).toMatchObject({
      tag: "v1.10.0",
      version: "1.10.0",
      commit: git(remote, "rev-parse", "HEAD"),
      signer: expect.stringMatching(/releases@example\.com/),
    });
    expect(refused).toEqual([]);
  });

  test("is none when what runs is as new, and pre-releases do not count", async () => {
    const { sign, find } = world();
    for (const tag of ["v1.0.0", "v0.9.0", "v2.0.0-rc.1", "vintage"]) sign(tag);
    expect(await find()).toEqual({ release: null, refused: [] });
  });

  test("is never one that is unsigned, lightweight or a stranger's: each is named with its reason", async () => {
    const { remote, stranger, sign, find, git } = world();
    sign("v1.1.0");
    sign("v1.2.0", stranger);
    git(remote, "tag", "--annotate", "-m", "x", "v1.3.0");
    git(remote, "tag", "v1.4.0");
    const { release, refused } = await find();
    expect(release?.tag).toBe("v1.1.0");
    expect(refused).toEqual([
      { tag: "v1.4.0", reason: "LIGHTWEIGHT" },
      { tag: "v1.3.0", reason: "UNSIGNED" },
      { tag: "v1.2.0", reason: "UNTRUSTED" },
    ]);
  });

  test("is never an old signed tag under a new name", async () => {
    const { remote, sign, find, git } = world();
    sign("v0.5.0");
    git(remote, "update-ref", "refs/tags/v9.0.0", git(remote, "rev-parse", "refs/tags/v0.5.0"));
    expect(await find()).toEqual({
      release: null,
      refused: [{ tag: "v9.0.0", reason: "RENAMED" }],
    });
  });

  test("is not trusted because the clone's own settings say so", async () => {
    const { scratch, clone, stranger, sign, find, git } = world();
    sign("v1.1.0", stranger);
    const own = join(scratch, "own_signers");
    writeFileSync(own, `x ${readFileSync(`${stranger}.pub`, "utf8")}`);
    git(clone, "config", "gpg.ssh.allowedSignersFile", own);
    git(clone, "config", "gpg.ssh.program", "/bin/true");
    expect((await find()).refused).toEqual([{ tag: "v1.1.0", reason: "UNTRUSTED" }]);
  });

  test("is looked for without touching tags, branches or files of the clone", async () => {
    const { clone, sign, find, git } = world();
    sign("v1.1.0");
    const before = [
      git(clone, "for-each-ref", "refs/heads", "refs/tags"),
      git(clone, "status", "-s"),
    ];
    await find();
    expect([
      git(clone, "for-each-ref", "refs/heads", "refs/tags"),
      git(clone, "status", "-s"),
    ]).toEqual(before);
  });

  test("needs somebody to be trusted, and a remote that answers", async () => {
    const { clone, remote, find } = world();
    await expect(find([1, 0, 0], {})).rejects.toMatchObject({ code: "UPDATE_KEYS_MISSING" });
    rmSync(remote, { recursive: true });
    await expect(find()).rejects.toMatchObject({ code: "GIT_FAILED" });
    rmSync(join(clone, ".git"), { recursive: true });
    await expect(find()).rejects.toMatchObject({ code: "GIT_FAILED" });
  });
});

test("versions are ordered by their numbers", () => {
  const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99));
  fc.assert(
    fc.property(version, version, (a, b) => {
      const [x, y] = [a, b].map((each) => parseVersion(`v${each.join(".")}`));
      if (!x || !y) throw new Error("not read");
      expect(Math.sign(compareVersions(x, y))).toBe(-Math.sign(compareVersions(y, x)) + 0);
      expect(compareVersions(x, y) === 0).toBe(a.join() === b.join());
    }),
  );
  expect(["1.2", "v1.2.3-rc.1", "1.2.3 ", "", "v1.2.3.4"].map(parseVersion)).toEqual(
    Array(5).fill(null),
  );
});
