import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { call, MINER, openBackend, SENDER, send, signed } from "./harness.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");

function start(
  directory: string,
  environment: Record<string, string>,
  ...args: string[]
): ChildProcess {
  const PATH = process.env["PATH"] ?? "";
  const child = spawn(process.execPath, ["--conditions=neurond:source", MAIN, ...args], {
    cwd: directory,
    env: { PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child.once("exit", () => children.delete(child)));
  return child;
}

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** The lines of a child, as they come. */
function linesOf(child: ChildProcess) {
  const lines: Record<string, unknown>[] = [];
  if (child.stdout === null) throw new Error("no output");
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  const find = (msg: string) => lines.find((line) => line["msg"] === msg);
  return {
    lines,
    when: (msg: string) => expect.poll(() => find(msg), { timeout: 20_000 }).toBeDefined(),
    find,
  };
}

const directoryWith = async (config: object) => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-proxy-process-"));
  await writeFile(join(directory, "config.json"), JSON.stringify(config));
  return directory;
};

test("a proxy serves, reloads on SIGHUP, and ends with 0 once what is under way is over", async () => {
  const entered = Promise.withResolvers<void>();
  await using backend = await openBackend((_, response) => {
    entered.resolve();
    setTimeout(() => response.end('{"ok":true}'), 300);
  });
  const config = (allowed: readonly string[]) => ({
    server: { host: "127.0.0.1", port: 0 },
    auth: { miner_hotkey: MINER, allowed_senders: allowed },
    services: { inference_server_url: backend.url },
    metrics: { listen: "127.0.0.1:0" },
    shrubbery: true,
  });
  const directory = await directoryWith(config([MINER]));
  const child = start(directory, { REVERSE_PROXY_CONFIG_PATH: directory });
  const { when, find } = linesOf(child);
  await when("serving");
  expect(find("setting unknown, left out")).toMatchObject({ setting: "shrubbery" });
  const { url } = find("serving") as { url: string };
  const ask = { target: "/sync/inference" };
  expect(await call(url, ask)).toMatchObject({ status: 403 });

  await writeFile(join(directory, "config.json"), JSON.stringify(config([SENDER])));
  child.kill("SIGHUP");
  await when("configuration taken");
  const underWay = call(url, ask);
  await entered.promise;
  child.kill("SIGTERM");
  expect(await underWay).toMatchObject({ status: 200, json: { ok: true } });
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("--check-config prints what it means, masked, and tells all that is wrong with it", async () => {
  const directory = await directoryWith({
    auth: { miner_hotkey: MINER, allowed_senders: SENDER },
    logs: {},
  });
  const good = start(
    directory,
    { SELF_DEBUG_KEY: "sixteen-characters!" },
    "--check-config",
    directory,
    "--set",
    "server.port=9",
  );
  if (good.stdout === null) throw new Error("no output");
  const printed = await text(good.stdout);
  expect(JSON.parse(printed)).toMatchObject({
    server: { port: 9 },
    auth: { self_debug_key: "[redacted]" },
  });
  expect(printed).not.toContain(MINER);

  const bad = start(directory, { PORT: "x", MINER_HOTKEY: "5No" }, "--check-config", directory);
  if (bad.stdout === null) throw new Error("no output");
  const [told, [code]] = await Promise.all([text(bad.stdout), once(bad, "exit")]);
  expect(code).toBe(1);
  for (const name of ["PORT", "MINER_HOTKEY"]) expect(told).toContain(name);
});

const MIB = 1024 ** 2;

/** Resident memory of a process, now and at most since it was asked to forget. */
async function memoryOf(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return { now: kib("VmRSS") * 1024, most: kib("VmHWM") * 1024 };
}

test.skipIf(process.platform !== "linux")(
  "an upload of 50 MB with a wrong signature reaches no backend and takes no more than 8 MiB",
  async () => {
    await using backend = await openBackend();
    const directory = await directoryWith({
      server: { host: "127.0.0.1", port: 0 },
      auth: { miner_hotkey: MINER, allowed_senders: SENDER },
      services: { inference_server_url: backend.url },
      metrics: { enabled: false },
    });
    const child = start(directory, {}, directory);
    const { when, find } = linesOf(child);
    await when("serving");
    const { url } = find("serving") as { url: string };
    const upload = async (bytes: number) => {
      const body = Buffer.alloc(bytes, "x");
      const wish = { target: "/sync/inference", body: "another one" };
      return send(url, "POST", wish.target, signed(wish), body);
    };
    const pid = child.pid ?? 0;
    // What a first upload loads and allocates is there for all others.
    for (let round = 0; round < 3; round += 1) await upload(5 * MIB);
    await writeFile(`/proc/${pid}/clear_refs`, "5");
    const before = await memoryOf(pid);
    expect(await upload(50 * MIB)).toMatchObject({ status: 401, json: { code: "BAD_SIGNATURE" } });
    const { most } = await memoryOf(pid);
    expect(most - before.now).toBeLessThan(8 * MIB);
    expect(backend.seen).toEqual([]);
  },
);
