import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { QUICKNET } from "@neurond/crypto";
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

test("a devnet is of the version and time it is told, silent as a beacon, open to web pages", async () => {
  const flags = [
    "--spec-version",
    "999",
    "--genesis-time",
    "1700000000000",
    "--no-beacon",
    "--cors",
  ];
  const child = start("devnet", "--port", "0", "--mode", "manual", "--json", ...flags);
  const [line] = await once(child.stdout, "data");
  const { port } = DevnetShape.parse(JSON.parse(String(line)));
  const ask = async (method: string, ...params: readonly unknown[]) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json", origin: "http://example.com" };
    return fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body });
  };
  const version = await ask("state_getRuntimeVersion");
  expect(version.headers.get("access-control-allow-origin")).toBe("*");
  expect(await version.json()).toMatchObject({ result: { specVersion: 999 } });
  const { connectChain } = await import("@neurond/chain");
  await using chain = await connectChain({ endpoints: [`ws://127.0.0.1:${port}`] });
  await ask("dev_newBlocks", 2);
  expect(await chain.storage("Timestamp", "Now")).toBe(1_700_000_024_000n);
  // The key of the public beacon, which nobody here can sign for.
  expect(await chain.storage("Drand", "BeaconConfig")).toMatchObject({
    public_key: QUICKNET.publicKey,
  });
});

test("a taken port is told in one line", async () => {
  const first = start("devnet", "--port", "0", "--json");
  const [line] = await once(first.stdout, "data");
  const { port } = DevnetShape.parse(JSON.parse(String(line)));
  const second = start("devnet", "--port", String(port));
  const [complaint] = await once(second.stderr, "data");
  expect(String(complaint)).toMatch(/^neurond: PORT_IN_USE: .*\n$/);
  expect(await once(second, "exit")).toEqual([1, null]);
});
