import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../errors.ts";
import type { Binaries } from "./binaries.ts";
import { explainEnd } from "./explain.ts";
import { SERVER_USER } from "./key.ts";
import type { Layout } from "./layout.ts";
import { give, namedPrefix, nameless, type Runner } from "./runner.ts";

/** Whether the directory holds a database. */
export async function hasCluster({ data }: Layout): Promise<boolean> {
  return stat(data).then(
    () => true,
    (error) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
}

interface ClusterOptions {
  readonly layout: Layout;
  readonly binaries: Binaries;
  readonly runner: Runner;
  readonly password: string;
  /** Whether the files are forced to the disk, which takes seconds on a slow one. */
  readonly durable: boolean;
  readonly signal: AbortSignal;
}

/** Makes a new database beside its place and moves it there when whole: a killed start leaves no half one. */
export async function createCluster(options: ClusterOptions): Promise<void> {
  const { layout, binaries, runner, password, durable, signal } = options;
  await removeDrafts(layout);
  const draft = `${layout.data}.new-${process.pid}`;
  const passwordFile = join(layout.directory, "password.new");
  await mkdir(draft, { mode: 0o700 });
  await give(draft, runner);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await give(passwordFile, runner);
  try {
    const args = [
      `--pgdata=${draft}`,
      `--username=${SERVER_USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--no-locale",
      "--no-instructions",
      ...(durable ? [] : ["--no-sync"]),
    ];
    const [file = binaries.initdb, ...prefix] = [...(await namedPrefix()), binaries.initdb];
    const child = runner.start(file, [...prefix, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const words = await wordsOf(child, signal);
    if (words !== null) {
      if (/could not look up effective user|unshare/.test(words)) {
        throw nameless(process.getuid?.() ?? 0, words);
      }
      throw explainEnd("initdb", layout.directory, words);
    }
    await rename(draft, layout.data);
  } finally {
    await rm(passwordFile, { force: true });
    await removeTree(draft);
  }
}

/** The program of a killed start may still be writing: it ends when its files are gone. */
async function removeDrafts({ directory }: Layout): Promise<void> {
  const names = await readdir(directory);
  const drafts = names.filter((name) => name.startsWith("data.new-"));
  await Promise.all(drafts.map((name) => removeTree(join(directory, name))));
}

function removeTree(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** What a program wrote when it failed; null when it succeeded. */
async function wordsOf(child: ChildProcess, signal: AbortSignal): Promise<string | null> {
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      words += text;
    });
  }
  const stop = () => child.kill("SIGKILL");
  signal.addEventListener("abort", stop);
  try {
    const [code] = await once(child, "close");
    signal.throwIfAborted();
    return code === 0 ? null : words;
  } catch (error) {
    signal.throwIfAborted();
    return String(error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
