import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";

const bin = join(import.meta.dirname, "../bin/neurond.mjs");
const ftcli = join(import.meta.dirname, "../bin/ftcli.mjs");

/** A Node of this machine that is too old to run the source, if there is one. */
function olderNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .map((folder) => join(folder, "node"))
    .find((node) => {
      try {
        accessSync(node, constants.X_OK);
      } catch {
        return false;
      }
      const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
      return /^v2[0-3]\./.test(stdout);
    });
}

const older = olderNode();
const nodes = [
  { name: "this Node", node: process.execPath },
  { name: "an older Node (skipped where there is none from 20 to 23)", node: older },
];

describe.each(nodes)("started with $name", ({ node = "" }) => {
  const there = node !== "";
  const neurond = (...line: string[]) => spawnSync(node, [bin, ...line], { encoding: "utf8" });

  test.runIf(there)("it answers on stdout with exit code 0", () => {
    const { status, stdout, stderr } = neurond(
      "keys",
      "sign",
      "hello",
      "--uri",
      "//Alice",
      "--json",
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ scheme: "sr25519" });
  });

  test.runIf(there)("it goes by the name it was started by", () => {
    const { status, stdout, stderr } = spawnSync(node, [ftcli, "nonsense"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^ftcli: USAGE: /m);
  });

  test.runIf(there)("it runs where it cannot keep what it compiled", () => {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(bin, "in-a-file") };
    const { status, stderr } = spawnSync(node, [bin, "--version"], { encoding: "utf8", env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test.runIf(there)("its exit code comes through", () => {
    expect(neurond("nonsense").status).toBe(2);
    expect(neurond("keys", "verify", "a", "-s", "0x", "-p", "0x".padEnd(66, "0")).status).toBe(1);
  });

  test.runIf(there).each(["SIGINT", "SIGTERM"] as const)(
    "%s ends it with 130 while it waits for input",
    async (signal) => {
      const child = spawn(node, [bin, "keys", "sign", "--file", "-", "--uri", "//Alice"]);
      // More than fits between the two: taken once it reads, which it does until the input ends.
      await new Promise((taken) => child.stdin.write(Buffer.alloc(4_000_000), taken));
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([130, null]);
    },
  );

  test.runIf(there)("a reader that leaves early is no failure", async () => {
    const child = spawn(node, [bin, "keys", "sign", "hello", "--uri", "//Alice"]);
    child.stdout.destroy();
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
});

/** Makes Node say on stderr which modules it loads. */
const TELL_LOADED = `data:text/javascript,
  import { registerHooks } from "node:module";
  registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });`;

test("--help loads no command, and hardly a library", () => {
  const line = ["--import", TELL_LOADED, bin, "--help"];
  const { status, stderr } = spawnSync(process.execPath, line, { encoding: "utf8" });
  expect(status).toBe(0);
  const root = join(import.meta.dirname, "../../..");
  const loaded = stderr
    .trim()
    .split("\n")
    .map((url) => url.replace(`file://${root}/`, ""));
  const isLight = (path: string) =>
    /^(node:|apps\/cli\/(bin|src)\/[^/]+$|packages\/primitives\/)/.test(path) ||
    /^node_modules\/\.pnpm\/(commander|@noble\+hashes|@scure\+base)@/.test(path);
  const others = loaded.filter((path) => !isLight(path));
  expect(others).toEqual(["apps/cli/src/commands/index.ts"]);
});
