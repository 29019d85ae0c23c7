import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, run } from "./process.ts";

/** The interpreter of an environment that holds the requirements, or why there is none. */
export type Environment =
  | { readonly kind: "ready"; readonly python: string }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "failed"; readonly log: string };

const PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
const UNREACHABLE =
  /NewConnectionError|NameResolutionError|Max retries exceeded|Read timed out|ConnectTimeout|ConnectionError|Network is unreachable|Retrying \(Retry/;

/** Makes the virtual environment once per requirements file and Python version. */
export async function prepareEnvironment(
  folder: string,
  requirements: string,
): Promise<Environment> {
  const version = await run("python3", ["-c", "import sys, venv, ensurepip; print(sys.version)"]);
  if (version.code !== 0) {
    return { kind: "skipped", reason: "python3 with its venv module is not installed" };
  }
  const python = join(folder, "venv", "bin", "python");
  const stampFile = join(folder, "installed");
  const stamp = createHash("sha256")
    .update(version.output)
    .update(readFileSync(requirements))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    return { kind: "ready", python };
  }
  rmSync(stampFile, { force: true });
  mkdirSync(folder, { recursive: true });
  process.stderr.write(
    "interop: installing the bittensor SDK and wandb (the first time about a minute)\n",
  );
  const made = await run("python3", ["-m", "venv", "--clear", join(folder, "venv")]);
  if (made.code !== 0) return { kind: "failed", log: made.output };
  const installed = await run(python, [...PIP, "--retries", "1", "--requirement", requirements]);
  if (installed.code !== 0) return explain(installed);
  writeFileSync(stampFile, stamp);
  return { kind: "ready", python };
}

function explain({ output }: Finished): Environment {
  if (UNREACHABLE.test(output)) return { kind: "skipped", reason: "PyPI cannot be reached" };
  return { kind: "failed", log: output };
}
