import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectChain } from "@neurond/chain";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DoctorShape } from "../src/commands/doctor/schemas.ts";
import { run } from "./run.ts";

let devnet: Devnet;
beforeAll(async () => {
  devnet = await startDevnet({ preset: "subnet", blockTimeMs: 200 });
});
afterAll(() => devnet.close());

async function examine(line: readonly string[], env = {}) {
  const whole = ["doctor", ...line, "--json", "--timeout", "3"];
  const { stdout, exitCode } = await run(whole, { connectChain, env });
  const { status, checks } = DoctorShape.parse(JSON.parse(stdout));
  const found = new Map(checks.map((check) => [check.name, check]));
  return { status, exitCode, found, names: checks.map(({ name }) => name) };
}

/** Listens on a port of its own and answers everything with one status. */
async function daemon(status: number) {
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  return { port: String(port), [Symbol.dispose]: () => void server.close() };
}

describe("neurond doctor", () => {
  test("finds a validator well and says what it looked at", async () => {
    const { status, exitCode, found, names } = await examine([
      ...["--netuid", "2", "--uri", "//Validator1", "-n", devnet.url, "--axon.port", "18391"],
    ]);
    expect(names).toEqual([
      ...["node", "key", "chain", "clock", "registration", "weights", "axon"],
      ...["port", "database", "redis"],
    ]);
    for (const name of ["node", "key", "chain", "clock", "registration", "port"] as const)
      expect(found.get(name), name).toMatchObject({ status: "ok", remedy: null });
    expect(found.get("registration")?.summary).toContain("with a validator permit");
    expect(found.get("axon")).toMatchObject({ status: "warn" });
    expect({ status, exitCode }).toEqual({ status: "warn", exitCode: 0 });
  });

  test("fails a hotkey without a uid and tells how to register it", async () => {
    const { exitCode, found } = await examine([
      ...["--netuid", "2", "--uri", "//Nobody", "-n", devnet.url],
    ]);
    expect(found.get("registration")).toMatchObject({ status: "fail" });
    expect(found.get("registration")?.remedy).toContain("register");
    expect(exitCode).toBe(1);
  });

  test("goes on without a chain, a key or a database, and names each", async () => {
    const url = "postgres://somebody:hunter2@127.0.0.1:1/none";
    const whole = ["doctor", "--netuid", "2", "-n", "ws://127.0.0.1:1", "--timeout", "1", "--json"];
    const env = { HOME: "/nonexistent", DATABASE_URL: url, REDIS_URL: "redis://127.0.0.1:1" };
    const { stdout, exitCode } = await run(whole, { connectChain, env });
    const { checks } = DoctorShape.parse(JSON.parse(stdout));
    const statusOf = (name: string) => checks.find((check) => check.name === name)?.status;
    expect(["key", "chain", "database", "redis"].map(statusOf)).toEqual(Array(4).fill("fail"));
    expect(["clock", "registration", "weights", "axon"].map(statusOf)).toEqual(
      Array(4).fill("warn"),
    );
    expect(stdout).not.toContain("hunter2");
    expect(exitCode).toBe(1);
  });

  test("tells its own daemon on a port from a stranger", async () => {
    using own = await daemon(200);
    using stranger = await daemon(404);
    const at = (port: string) =>
      examine(["--uri", "//Miner1", "-n", devnet.url, "--axon.port", port]);
    expect((await at(own.port)).found.get("port")).toMatchObject({ status: "ok" });
    expect((await at(stranger.port)).found.get("port")).toMatchObject({ status: "fail" });
  });
});
