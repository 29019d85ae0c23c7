import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { Config, settingsOf, startProxy } from "@neurond/reverse-proxy";
import { createLogger, SignedClient } from "@neurond/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { run } from "./run.ts";
import { temporaryDirectory, temporaryFile } from "./temporary.ts";

const BOB = hotkeyOf(keypairFromUri("//Bob").publicKey);
const ALICE = hotkeyOf(keypairFromUri("//Alice").publicKey);
const TOKEN = "a-token-of-sixteen-or-more";
const BACKEND = "http://127.0.0.1:1";

/** A proxy with an admin plane, and `neurond proxy …` against it. */
async function openProxy(sections: Readonly<Record<string, object>> = {}) {
  const directory = await temporaryDirectory();
  const config = Config.parse({
    server: { host: "127.0.0.1", port: 0 },
    auth: { miner_hotkey: [BOB], allowed_senders: [ALICE], verifyWorkers: 0 },
    services: { training_server_url: BACKEND, inference_server_url: BACKEND },
    metrics: { enabled: false },
    admin: { listen: "127.0.0.1:0", token: TOKEN, directory: join(directory, "admin") },
    ...sections,
  });
  const settings = settingsOf(config);
  const proxy = await startProxy({
    settings,
    redis: null,
    signer: keypairFromUri("//Bob"),
    readSubnet: () => Promise.reject(new Error("no chain in this test")),
    post: () => Promise.reject(new Error("no telemetry in this test")),
    version: "1.2.3",
    log: createLogger("test", "fatal"),
    load: () => settings,
  });
  const env = {
    REVERSE_PROXY_ADMIN_LISTEN: new URL(proxy.adminUrl ?? "").host,
    REVERSE_PROXY_ADMIN_TOKEN: TOKEN,
  };
  const ask = (line: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    run(["proxy", ...line], { env: { ...env, ...more } });
  return {
    proxy,
    ask,
    json: async (...line: readonly string[]) => JSON.parse((await ask([...line, "--json"])).stdout),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

test("status, queue and capacity say what goes on, as a table or as JSON", async () => {
  await using at = await openProxy();
  expect(await at.json("status")).toMatchObject({
    version: "1.2.3",
    state: "running",
    upstreams: [{ name: "training" }, { name: "inference" }],
  });
  const status = await at.ask(["status"]);
  expect(status).toMatchObject({ exitCode: 0, stderr: "" });
  expect(status.stdout).toMatch(
    /inference +ready +0 +0 +\d+ +http:\/\/127\.0\.0\.1:1 +closed +well/,
  );
  expect((await at.ask(["queue"])).stdout).toContain("waiting");
  const changed = await at.ask(["capacity", "base-h100_pcie", "no"]);
  expect(changed.stdout).toMatch(/base-h100_pcie +no +yes/);
  expect(await at.json("capacity", "base-h100_pcie", "auto")).toMatchObject({
    flags: { "base-h100_pcie": true },
    overrides: {},
  });
  expect(await at.ask(["capacity", "base-h100_pcie"])).toMatchObject({ exitCode: 2 });
});

test("a ban is set, listed and lifted", async () => {
  await using at = await openProxy();
  const banned = await at.json("ban", ALICE, "--for", "12h", "--reason", "floods us");
  expect(banned.untilMs - banned.sinceMs).toBe(12 * 3_600_000);
  expect((await at.ask(["bans"])).stdout).toMatch(new RegExp(`${ALICE} .* floods us`));
  expect(await at.ask(["unban", ALICE])).toMatchObject({ exitCode: 0 });
  expect((await at.ask(["bans"])).stdout).toBe("nobody is banned\n");
  const again = await at.ask(["unban", ALICE]);
  expect(again).toMatchObject({ exitCode: 1, stdout: "" });
  expect(again.stderr).toContain("PROXY_REFUSED: BAN_UNKNOWN");
  expect(await at.ask(["ban", ALICE, "--for", "soon"])).toMatchObject({ exitCode: 2 });
});

test("drain, breaker, refusals and reload do what they say", async () => {
  await using at = await openProxy();
  expect(await at.json("drain")).toMatchObject({ state: "paused" });
  expect(await at.json("drain", "--undo")).toMatchObject({ state: "running" });
  expect(await at.json("breaker", "inference", BACKEND, "open")).toMatchObject({ state: "down" });
  expect(await at.json("breaker", "inference", BACKEND, "closed")).toMatchObject({
    state: "ready",
  });
  expect(await at.ask(["breaker", "inference", BACKEND, "ajar"])).toMatchObject({ exitCode: 2 });
  expect(await at.json("refusals")).toEqual({ refusals: [] });
  expect((await at.ask(["reload"])).stdout).toBe("taken\n");
});

describe("the token", () => {
  let file = "";
  beforeEach(async () => {
    file = await temporaryFile("admin.token", `${TOKEN}\n`);
  });

  test("is replaced in its file, and the old one is dead", async () => {
    await using at = await openProxy();
    const asked = ["--token-file", file];
    const { token } = JSON.parse((await at.ask(["token", "--json", ...asked])).stdout);
    expect(await readFile(file, "utf8")).toBe(`${token}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await at.ask(["status", ...asked])).toMatchObject({ exitCode: 0 });
    const old = await at.ask(["status"]);
    expect(old).toMatchObject({ exitCode: 1 });
    expect(old.stderr).toContain("ADMIN_TOKEN_WRONG");
  });

  test("is needed, and nothing is asked without it", async () => {
    await using at = await openProxy();
    const answer = await at.ask(["status"], { REVERSE_PROXY_ADMIN_TOKEN: "" });
    expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
    expect(answer.stderr).toContain("PROXY_TOKEN_MISSING");
    const missing = await at.ask(["status", "--token-file", `${file}.not`]);
    expect(missing).toMatchObject({ exitCode: 2 });
  });
});

describe("receipts", () => {
  test("are exported to a file that verifies offline", async () => {
    const directory = await temporaryDirectory();
    const receipts = { directory: join(directory, "receipts"), flushMs: 5, checkpointMs: 5 };
    await using at = await openProxy({ receipts });
    const stop = new AbortController();
    const running = at.proxy.run(stop.signal);
    const key = keypairFromUri("//Alice");
    const client = new SignedClient({ key });
    const url = new URL("/capacity", at.proxy.url);
    await client.fetch({
      url,
      method: "GET",
      receiver: BOB,
      timeoutMs: 5_000,
      signal: stop.signal,
    });
    stop.abort();
    await running;
    const output = join(directory, "all.ndjson");
    const exported = await at.json("export-receipts", "--output", output);
    expect(exported).toMatchObject({ output, receipts: 1 });
    const verify = async (...line: readonly string[]) => {
      const answer = await run(["proxy", "verify-receipts", output, "--json", ...line], {});
      return { ...answer, json: JSON.parse(answer.stdout) };
    };
    expect(await verify("--miner", BOB)).toMatchObject({
      exitCode: 0,
      json: { verdict: "holds", miner: BOB, requests: 1, callers: { proven: 1 } },
    });
    expect((await run(["proxy", "verify-receipts", output], {})).stdout).toContain(BOB);
    expect(await verify("--miner", ALICE)).toMatchObject({
      exitCode: 1,
      json: { verdict: "refused", fault: "SIGNATURE_INVALID" },
    });
    const text = await readFile(output, "utf8");
    await writeFile(output, text.replace('"status":200', '"status":500'));
    expect(await verify()).toMatchObject({
      exitCode: 1,
      json: { verdict: "refused", fault: "ROOT_MISMATCH" },
    });
    expect(await run(["proxy", "verify-receipts", directory], {})).toMatchObject({ exitCode: 2 });
  });

  test("are checked one by one by the callers they are about", async () => {
    const directory = await temporaryDirectory();
    const receipts = { directory: join(directory, "receipts"), flushMs: 5, checkpointMs: 5 };
    await using at = await openProxy({ receipts });
    const stop = new AbortController();
    const running = at.proxy.run(stop.signal);
    const client = new SignedClient({ key: keypairFromUri("//Alice") });
    const get = (path: string) => {
      const url = new URL(path, at.proxy.url);
      const { signal } = stop;
      return client.fetch({ url, method: "GET", receiver: BOB, timeoutMs: 5_000, signal });
    };
    const id = (await get("/capacity")).headers.get("x-request-id");
    const own = async () => get(`/receipts/${id}`);
    await expect.poll(async () => (await own()).status, { timeout: 5_000 }).toBe(200);
    const file = await temporaryFile("receipt.json", Buffer.from((await own()).body).toString());
    stop.abort();
    await running;
    expect(await run(["proxy", "verify-receipts", file, "--miner", BOB], {})).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("callers proven"),
    });
  });

  test("that nobody keeps leave no file", async () => {
    const output = join(await temporaryDirectory(), "all.ndjson");
    await using at = await openProxy();
    const none = await at.ask(["export-receipts", "--output", output]);
    expect(none).toMatchObject({ exitCode: 1 });
    expect(none.stderr).toContain("RECEIPTS_OFF");
    await expect(stat(output)).rejects.toThrow("ENOENT");
  });
});

test("where nobody answers it says so", async () => {
  const env = { REVERSE_PROXY_ADMIN_TOKEN: TOKEN };
  const answer = await run(["proxy", "status", "--admin", "http://127.0.0.1:1"], { env });
  expect(answer).toMatchObject({ exitCode: 3, stdout: "" });
  expect(answer.stderr).toContain("PROXY_UNREACHABLE");
});
