import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { explainInstall } from "./explain.mjs";
import { Failure } from "./failure.mjs";
import { installEnvironment } from "./home.mjs";
import { withLock } from "./lock.mjs";
import { assertSupported, thisPlatform } from "./platform.mjs";
import { runtimePath } from "./run.mjs";
import { forwardSignals } from "./signals.mjs";
import { dropStamp, readStamp, wantedStamp, writeStamp } from "./stamp.mjs";

const say = (text) => process.stderr.write(`neurond: ${text}\n`);
const isInstalled = (root) =>
  readStamp(root) === wantedStamp(root) && existsSync(runtimePath(root));

/** Makes node_modules match the lockfile; costs a few file reads when it already does. */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  assertSupported(thisPlatform());
  const folder = join(root, ".bootstrap");
  mkdirSync(folder, { recursive: true });
  const onWait = () => say("waiting for another process that installs here");
  await withLock(join(folder, "lock"), onWait, async (shareWith) => {
    if (isInstalled(root)) return; // the process we waited for did it
    const started = Date.now();
    say("installing Node 24 and the dependencies (the first time about half a minute)");
    dropStamp(root);
    const stamp = wantedStamp(root);
    await install(root, join(folder, "install.log"), shareWith);
    await assertRuns(runtimePath(root));
    writeStamp(root, stamp);
    say(`installed in ${Math.ceil((Date.now() - started) / 1000)} s`);
  });
}

async function install(root, logFile, shareWith) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const pnpm = [
    "pnpm",
    "install",
    "--frozen-lockfile",
    "--prefer-offline",
    "--reporter=append-only",
  ];
  const [command, ...first] = npmCommand(process.env.npm_execpath);
  const npm = [...first, "exec", "--yes", "--prefer-offline", `--package=${packageManager}`, "--"];
  const child = spawn(command, [...npm, ...pnpm], {
    cwd: root,
    env: installEnvironment(root),
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) shareWith(child.pid); // it may outlive us when we are killed
  const output = collect(child, logFile);
  const signals = forwardSignals(child);
  try {
    const [code] = await once(child, "close");
    if (code !== 0 && signals.received) {
      throw new Failure("INTERRUPTED", "the install was stopped; run again to finish it");
    }
    if (code !== 0) throw explainInstall(output.join(""), { root, packageManager });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Failure("NPM_MISSING", "npm is not on the PATH; install Node.js together with npm");
  } finally {
    signals.release();
  }
}

/** `npm test` says where its npm is; started by hand, or by another package manager, the PATH decides. */
function npmCommand(execPath) {
  const isNpm = execPath !== undefined && basename(execPath) === "npm-cli.js";
  return isNpm && existsSync(execPath) ? [process.execPath, execPath] : ["npm"];
}

function collect(child, logFile) {
  const log = createWriteStream(logFile);
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output.push(text);
      log.write(text);
    });
  }
  child.on("close", () => log.end());
  return output;
}

async function assertRuns(runtime) {
  const child = spawn(runtime, ["--version"], { stdio: "ignore" });
  const ran = await once(child, "close").then(
    ([code]) => code === 0,
    () => false,
  );
  if (ran) return;
  throw new Failure(
    "RUNTIME_BROKEN",
    `${runtime} does not run; if its disk is not mounted noexec, delete node_modules and run again`,
  );
}
