import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectChain } from "@neurond/chain";
import { keypairFromUri } from "@neurond/crypto";
import { type Devnet, startDevnet } from "@neurond/devnet";
import { hotkeyOf } from "@neurond/primitives";
import { loadSettings, startProxy } from "@neurond/reverse-proxy";
import { createLogger, createRegistry } from "@neurond/runtime";
import { testCertificate } from "@neurond/testing/certificate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { freePorts } from "../src/commands/localnet/ports.ts";
import type { ProxyCheckName } from "../src/commands/proxy/doctor/examined.ts";
import { ProxyDoctorShape } from "../src/commands/proxy/doctor/schemas.ts";
import { run } from "./run.ts";
import { temporaryFile } from "./temporary.ts";

const MINER = hotkeyOf(keypairFromUri("//Miner1").publicKey);
const STRANGER = hotkeyOf(keypairFromUri("//Stranger").publicKey);
const HOST = "127.0.0.1";
const MONTHS_MS = 90 * 86_400_000;
const { key, cert } = testCertificate([HOST], [Date.now() - MONTHS_MS, Date.now() + MONTHS_MS]);
const backend = createServer((_, response) => response.writeHead(200).end("{}"));
let devnet: Devnet;
let ca: string;
let ports: Readonly<Record<string, number>>;

beforeAll(async () => {
  backend.listen(0, HOST);
  [devnet, ports] = await Promise.all([
    startDevnet({ preset: "subnet", blockTimeMs: 200 }),
    freePorts(HOST, ["door", "operator", "nobody"]),
  ]);
});
beforeEach(async () => {
  ca = await temporaryFile("ca.pem", cert);
});
afterAll(async () => {
  backend.close();
  await devnet.close();
});

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A settings file of a miner that is well, with some sections different. */
async function settingsFile(changes: Sections = {}): Promise<string> {
  const { port } = backend.address() as AddressInfo;
  const plain: Sections = {
    server: { host: HOST, port: ports["door"] },
    auth: { miner_hotkey: [MINER], chain_endpoint: devnet.url },
    policy: { netuid: 2 },
    services: {
      inference_server_url: `http://${HOST}:${port}`,
      training_server_url: `http://${HOST}:${port}`,
    },
    tls: { certFile: ca, keyFile: await temporaryFile("key.pem", key) },
    metrics: { listen: `${HOST}:${ports["operator"]}` },
  };
  const sections = new Set([...Object.keys(plain), ...Object.keys(changes)]);
  const merged = [...sections].map((name) => [name, { ...plain[name], ...changes[name] }]);
  return temporaryFile("reverse-proxy.yaml", stringify(Object.fromEntries(merged)));
}

async function examine(file: string, ...line: readonly string[]) {
  const reach = ["--allow-private", "--ca", ca];
  const whole = [
    "proxy",
    "doctor",
    "--settings",
    file,
    ...reach,
    ...line,
    "--json",
    "--timeout",
    "3",
  ];
  const { stdout, exitCode } = await run(whole, { connectChain });
  const { status, checks } = ProxyDoctorShape.parse(JSON.parse(stdout));
  const about = (name: ProxyCheckName) => checks.filter((check) => check.name === name);
  return { status, exitCode, about, first: (name: ProxyCheckName) => about(name)[0] };
}

/** The proxy of a file, which follows its subnet. */
async function proxyOf(file: string) {
  const { settings } = loadSettings({ path: file, environment: {}, directory: "/nonexistent" });
  const chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
  const proxy = await startProxy({
    settings,
    redis: null,
    readSubnet: (netuid, signal) => chain.metagraph({ netuid }, { signal }),
    post: () => Promise.reject(new Error("no telemetry in this test")),
    version: "0.0.0",
    log: createLogger("reverse-proxy", "fatal"),
    registry: createRegistry("test"),
  });
  const over = new AbortController();
  const running = proxy.run(over.signal);
  const ready = async () => (await fetch(new URL("/readyz", proxy.metricsUrl ?? ""))).status;
  await expect.poll(ready, { timeout: 10_000 }).toBe(200);
  return {
    url: proxy.url,
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.allSettled([running]);
      await proxy[Symbol.asyncDispose]();
      await chain[Symbol.asyncDispose]();
    },
  };
}

async function register(port: number | undefined, address = HOST) {
  const key = ["--uri", "//Miner1", "-n", devnet.url];
  const line = ["--netuid", "2", "--address", address, "--port", String(port), "--online"];
  const { exitCode, stderr } = await run(["registry", "register", ...line, ...key], {
    connectChain,
  });
  expect(exitCode, stderr).toBe(0);
}

describe("neurond proxy doctor", () => {
  test("a miner of whom nobody has heard is told how to be found, and to start its proxy", async () => {
    const { exitCode, first } = await examine(await settingsFile());
    expect(first("registration")).toMatchObject({ status: "ok" });
    expect(first("announcement")).toMatchObject({ status: "fail" });
    expect(first("announcement")?.remedy).toContain("neurond registry register --netuid 2");
    expect(first("endpoint")).toMatchObject({ status: "warn" });
    expect(first("process")).toMatchObject({ status: "fail" });
    for (const name of [
      "chain",
      "clock",
      "validators",
      "tls",
      "capacity",
      "backends",
      "redis",
    ] as const)
      expect(first(name), name).toMatchObject({ status: "ok" });
    expect(exitCode).toBe(1);
  });

  test("a registered miner whose proxy runs fails nothing, and refusals are explained", async () => {
    const file = await settingsFile();
    await register(ports["door"]);
    await using _ = await proxyOf(file);
    const calm = await examine(file);
    expect(calm.first("endpoint")).toMatchObject({ status: "ok" });
    expect(calm.first("endpoint")?.summary).toContain(`/check/${MINER} answers`);
    expect(calm.first("process")).toMatchObject({ status: "ok" });
    expect(calm.first("snapshot")?.summary).toMatch(/^the view of subnet 2 is \d+ s old$/);
    expect(calm.first("refusals")).toMatchObject({ status: "ok" });
    expect(calm.about("announcement").map(({ status }) => status)).toEqual(["ok", "warn"]);
    expect(calm.exitCode).toBe(0);

    const door = [
      "registry",
      "check",
      "--netuid",
      "2",
      "-n",
      devnet.url,
      "--allow-private",
      "--ca",
      ca,
    ];
    expect((await run(door, { connectChain })).exitCode).toBe(0);
    const { checkedFetch } = await import("@neurond/registry/io");
    const ask = checkedFetch({ allowPrivate: true, ca: cert });
    const url = new URL(`https://${HOST}:${ports["door"]}/inference`);
    const { status } = await ask(url, { method: "POST" });
    expect(status).toBe(401);
    const noisy = await examine(file);
    expect(noisy.first("refusals")).toMatchObject({ status: "ok" });
    expect(noisy.first("refusals")?.summary).toContain("1 x MISSING_AUTHORIZATION");
    expect(noisy.first("refusals")?.summary).toContain("scanners");
  });

  test("an address that leads elsewhere, and one that is nobody's, are told apart", async () => {
    await register(ports["nobody"]);
    const { first } = await examine(await settingsFile());
    expect(first("announcement")?.summary).toContain(`while we listen on ${ports["door"]}`);
    expect(first("endpoint")).toMatchObject({ status: "fail" });
    expect(first("endpoint")?.summary).toContain("unreachable");
  });

  test("each thing that keeps requests away is named with what to do", async () => {
    const expired = testCertificate([HOST], [0, 1]);
    const certFile = await temporaryFile("old.pem", expired.cert);
    const file = await settingsFile({
      auth: { miner_hotkey: [STRANGER], denied_senders: [MINER], chain_endpoint: devnet.url },
      policy: { netuid: 2, minStake: "999999999", dryRun: ["authorise"] },
      capacity: { format: "lists" },
      services: { inference_server_url: `http://${HOST}:${ports["nobody"]}` },
      redis: { url: `redis://${HOST}:${ports["nobody"]}` },
      tls: { certFile, typo: true },
    });
    const { first, about, exitCode } = await examine(file, "--orchestrator", MINER);
    for (const name of [
      ...["callers", "capacity", "tls", "redis", "registration", "validators", "process"],
    ] as ProxyCheckName[])
      expect(first(name), name).toMatchObject({ status: "fail", remedy: expect.any(String) });
    expect(
      about("backends")
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(["fail", "ok"]);
    expect(first("tls")?.summary).toContain("ran out");
    const silly = about("settings").map(({ summary }) => summary);
    expect(silly).toContainEqual(expect.stringContaining("tls.typo"));
    expect(silly).toContainEqual(expect.stringContaining("policy.dryRun"));
    expect(silly).toContainEqual(expect.stringContaining("nobody outside reaches"));
    expect(exitCode).toBe(1);
  });

  test("where callers are named and no subnet is, the line may name one", async () => {
    const file = await settingsFile({
      auth: { miner_hotkey: [MINER], allowed_senders: [STRANGER], chain_endpoint: devnet.url },
      policy: { netuid: undefined },
    });
    const silent = await examine(file);
    expect(silent.first("registration")?.summary).toContain("--netuid");
    const { first } = await examine(file, "--netuid", "2");
    expect(first("registration")).toMatchObject({ status: "ok" });
    expect(first("validators")?.summary).toContain("named");
  });

  test("settings the proxy would refuse are the one finding", async () => {
    const { status, exitCode, about } = await examine(
      await settingsFile({ policy: { netuid: -1 } }),
    );
    expect({ status, exitCode }).toEqual({ status: "fail", exitCode: 1 });
    expect(about("settings")).toHaveLength(1);
    expect(about("settings")[0]?.summary).toContain("policy.netuid");
    expect(about("chain")).toEqual([]);
  });

  test("without a chain everything else is still looked at", async () => {
    const file = await settingsFile({ auth: { chain_endpoint: "ws://127.0.0.1:1" } });
    const { first } = await examine(file);
    expect(first("chain")).toMatchObject({ status: "fail" });
    for (const name of ["clock", "registration", "announcement", "endpoint"] as const)
      expect(first(name), name).toMatchObject({ status: "warn" });
    expect(first("backends")).toMatchObject({ status: "ok" });
  });
});
