import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GenOptions, generate } from "../src/index.ts";
import { parseOptions } from "../src/options.ts";

/** A folder for data sets that goes away with the block. */
export function scratch(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "gen-exports-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A small data set; `args` as on the command line. */
export function generated(folder: string, name: string, ...args: string[]): GenOptions {
  const small = ["--hours", "6", "--miners", "8", "--chutes", "12", "--rate", "300"];
  const options = parseOptions([...small, "--out", join(folder, name), ...args]);
  generate(options);
  return options;
}

/** One hash over all names and bytes below a folder. */
export function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const name of names) hash.update(name.slice(folder.length)).update(readFileSync(name));
  return hash.digest("hex");
}
