import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Stands for npm: "installs" the running Node after a while and counts how often it was asked. */
const FAKE_NPM = `
  const fs = require("node:fs");
  fs.appendFileSync("npm-asked", process.argv.slice(2).join(" ") + "\\n");
  setTimeout(() => {
    fs.mkdirSync("node_modules/node/bin", { recursive: true });
    fs.rmSync("node_modules/node/bin/node", { force: true });
    fs.symlinkSync(process.env.REAL_NODE, "node_modules/node/bin/node");
  }, Number(process.env.INSTALL_MS ?? 0));
`;
const TASK = `
  const [word, code = "0"]: string[] = process.argv.slice(2);
  if (word === "wait") {
    process.on("SIGTERM", () => process.exit(7));
    setInterval(() => {}, 1000);
  }
  process.exitCode = Number(code);
  console.log("task", ...process.argv.slice(2));
`;

let checkout: string;
let running: ChildProcess[];

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "neurond bootstrap "));
  await chmod(checkout, 0o755);
  running = [];
  await cp(join(ROOT, "scripts"), join(checkout, "scripts"), { recursive: true });
  await put("package.json", JSON.stringify({ packageManager: "pnpm@12.21.0" }));
  await put("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
  await put("packages/x/package.json", "{}");
  await put("apps/cli/package.json", "{}");
  await put("apps/cli/src/main.ts", TASK);
  await put("npm-cli.js", FAKE_NPM);
});

afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(checkout, { recursive: true, force: true });
});

it("installs once, then runs the task under the installed Node with its arguments and exit code", async () => {
  const first = await bootstrap(["neurond", "a b", "3"]).ended;
  expect(first).toMatchObject({ code: 3, stdout: "task a b 3\n" });
  const second = await bootstrap(["neurond", "again"]).ended;
  expect(second).toMatchObject({ code: 0, stdout: "task again\n", stderr: "" });
  expect(await installs()).toBe(1);
});

it("installs again when the lockfile or a member's package.json changed", async () => {
  await bootstrap(["neurond"]).ended;
  await put("pnpm-lock.yaml", "lockfileVersion: '9.1'\n");
  await bootstrap(["neurond"]).ended;
  await put("packages/x/package.json", '{ "name": "x" }');
  await bootstrap(["neurond"]).ended;
  expect(await installs()).toBe(3);
});

it("lets one of several processes install while the others wait for it", async () => {
  const all = await Promise.all(
    ["a", "b", "c"].map((name) => bootstrap(["neurond", name], { INSTALL_MS: "700" }).ended),
  );
  expect(all.map(({ code, stdout }) => [code, stdout])).toEqual([
    [0, "task a\n"],
    [0, "task b\n"],
    [0, "task c\n"],
  ]);
  expect(await installs()).toBe(1);
});

it("repeats an install that was killed half-way, without waiting for the dead", async () => {
  const killed = bootstrap(["neurond"], { INSTALL_MS: "60000" });
  while ((await installs()) === 0) await sleep(20);
  process.kill(-(killed.child.pid ?? 0), "SIGKILL");
  await killed.ended;
  expect(await bootstrap(["neurond", "ok"]).ended).toMatchObject({ code: 0, stdout: "task ok\n" });
  expect(await installs()).toBe(2);
});

it("passes a signal on and waits for the task's own exit code", async () => {
  const { child, ended } = bootstrap(["neurond", "wait"]);
  await once(child.stdout ?? child, "data");
  child.kill("SIGTERM");
  expect((await ended).code).toBe(7);
});

it("says in one line that a task does not exist, before it installs anything", async () => {
  const { code, stderr } = await bootstrap(["tset"]).ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^neurond: USAGE: there is no task tset; use one of .*\n$/);
  expect(await installs()).toBe(0);
});

it("says in one line that the registry cannot be reached", async () => {
  await put("npm-cli.js", `console.error("npm error code ECONNREFUSED"); process.exit(1);`);
  const { code, stderr } = await bootstrap(["neurond"]).ended;
  expect(code).toBe(13);
  expect(stderr).toMatch(/\nneurond: NO_NETWORK: .*\n$/);
});

it("shows the end of the installer's output when it cannot name the cause", async () => {
  await put("npm-cli.js", `console.error("something new went wrong"); process.exit(1);`);
  const { code, stderr } = await bootstrap(["neurond"]).ended;
  expect(code).toBe(17);
  expect(stderr).toMatch(/something new went wrong\nneurond: INSTALL_FAILED: .*\n$/);
});

it("says in one line that the checkout cannot be written", async () => {
  await chmod(checkout, 0o555);
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}; // root writes anywhere
  const { code, stderr } = await bootstrap(["neurond"], {}, nobody).ended;
  await chmod(checkout, 0o755);
  expect(stderr).toMatch(/^neurond: NO_WRITE_PERMISSION: cannot write .*\n$/);
  expect(code).toBe(14);
});

function bootstrap(args: readonly string[], env: Record<string, string> = {}, user = {}) {
  const child = spawn(process.execPath, ["scripts/bootstrap.mjs", ...args], {
    cwd: checkout,
    detached: true, // its own group, so that a test can kill it together with what it started
    env: {
      ...process.env,
      npm_execpath: join(checkout, "npm-cli.js"),
      REAL_NODE: process.execPath,
      ...env,
    },
    ...user,
  });
  running.push(child);
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text.stderr += chunk;
  });
  const ended = once(child, "close").then(([code]: unknown[]) => ({ code, ...text }));
  return { child, ended };
}

async function put(path: string, content: string) {
  await mkdir(dirname(join(checkout, path)), { recursive: true });
  await writeFile(join(checkout, path), content);
}

/** How often npm was asked to install. */
async function installs(): Promise<number> {
  const asked = await readFile(join(checkout, "npm-asked"), "utf8").catch(() => "");
  return asked.split("\n").length - 1;
}
