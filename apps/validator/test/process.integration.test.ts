import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Database } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HOST, hotkey, NETUID, PLAN, World } from "./support/world.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const URI = "//Validator1";

// Processes take long to start on a machine that is busy with others.
vi.setConfig({ testTimeout: 180_000 });

let world: World;
let database: Database;
let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  world = await World.begin();
  database = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), "neurond-process-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }
  await database[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Starts the daemon as an operator does, and reads its log. */
async function start(settings: object = {}, options: readonly string[] = []) {
  const file = join(directory, "validator.yaml");
  await writeFile(
    file,
    // JSON is YAML.
    JSON.stringify({
      netuid: NETUID,
      chain: { endpoint: world.net.url, stallSeconds: 0 },
      database: { schema: database.schema },
      http: { host: HOST, port: 0 },
      axon: { externalIp: HOST },
      run: { ...PLAN, beaconKind: "chain" },
      record: { archiveDirectory: join(directory, "archive") },
      exports: { directory: join(directory, "exports") },
      jobs: { directory: join(directory, "state") },
      ...settings,
    }),
  );
  const env = { ...process.env, BT_HOTKEY_URI: URI, DATABASE_URL: database.url };
  const child = spawn(process.execPath, ["--conditions=neurond:source", MAIN, file, ...options], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const said = (text: string): Promise<string> => {
    const known = lines.find((line) => line.includes(text));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      reader.on("line", (line) => {
        if (line.includes(text)) resolve(line);
      });
      child.once("exit", (code) => reject(new Error(`ended with ${code}: ${lines.join("\n")}`)));
    });
  };
  reader.on("line", (line) => lines.push(line));
  return { child, lines, said };
}

test("the process serves, says where on chain, shows no secret, and ends when told to", async () => {
  const { child, lines, said } = await start();
  const { url } = JSON.parse(await said("validator listens")) as { readonly url: string };
  await said("axon announced");
  const status = await (await fetch(new URL("/v1/status", url))).json();
  expect(status).toMatchObject({ netuid: NETUID, hotkey: hotkey(URI) });
  expect((await fetch(new URL("/livez", url))).status).toBe(200);
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  // Not 1: nothing took longer to leave than it may.
  expect(await ended).toEqual([0, null]);
  const password = new URL(database.url).password;
  expect(lines.join("\n")).toContain("[redacted]");
  if (password !== "") expect(lines.join("\n")).not.toContain(password);
});

test("started with options it says what it does otherwise, and runs its jobs where it is told", async () => {
  const options = ["--neuron.state_path", join(directory, "mine"), "--neuron.device", "cuda"];
  const { said } = await start({}, options);
  expect(JSON.parse(await said('"msg":"option"'))).toMatchObject({ option: "neuron.device" });
  await said("validator listens");
  await expect
    .poll(() => readdir(join(directory, "mine")).catch(() => []), { timeout: 10_000 })
    .toEqual(expect.arrayContaining(["events.jsonl", "jobs.json", "state.json"]));
});

test("an option that does not exist ends it with exit code 2", async () => {
  const { child } = await start({}, ["--neuron.nonsense", "5"]);
  expect(await once(child, "exit")).toEqual([2, null]);
});

test("a second process of the same validator waits, and takes over when the first is killed", async () => {
  const first = await start();
  await first.said("validator listens");
  const second = await start();
  await second.said("another process is this validator; waiting");
  first.child.kill("SIGKILL");
  await second.said("validator listens");
});

test("a configuration that cannot be is refused by name, with exit code 1", async () => {
  const { child, lines } = await start({ runn: {}, probe: { atOnce: "many" } });
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(lines.join("\n")).toMatch(/runn/);
  expect(lines.join("\n")).toMatch(/NEUROND_VALIDATOR_PROBE_AT_ONCE/);
});
