import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { DevnetShape } from "../src/commands/devnet/schemas.ts";
import { run } from "./run.ts";

const bin = join(import.meta.dirname, "../bin/neurond.mjs");

function start(...line: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [bin, ...line], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "a devnet answers, and %s is its normal end",
  async (signal) => {
    const child = start("devnet", "--port", "0", "--mode", "instant", "--json");
    const [line] = await once(child.stdout, "data");
    const { url } = DevnetShape.parse(JSON.parse(String(line)));
    const { connectChain } = await import("@neurond/chain");
    expect(await run(["chain", "status", "-n", url], { connectChain })).toMatchObject({
      exitCode: 0,
    });
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

test("a taken port is told in one line", async () => {
  const first = start("devnet", "--port", "0", "--json");
  const [line] = await once(first.stdout, "data");
  const { port } = DevnetShape.parse(JSON.parse(String(line)));
  const second = start("devnet", "--port", String(port));
  const [complaint] = await once(second.stderr, "data");
  expect(String(complaint)).toMatch(/^neurond: PORT_IN_USE: .*\n$/);
  expect(await once(second, "exit")).toEqual([1, null]);
});
