import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { EntryContent } from "@neurond/warehouse";

/** The most memory that a process of its own takes to load the week and compute its figures. */
export async function peakMegabytes(
  week: readonly EntryContent[],
  directory: string,
): Promise<number> {
  const list = `${directory}.json`;
  await writeFile(list, JSON.stringify(week));
  const script = new URL(
    import.meta.url.endsWith(".ts") ? "peak-process.ts" : "peak-process.js",
    import.meta.url,
  );
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, script.pathname, directory, list],
    { timeout: 600_000 },
  );
  return Number(stdout);
}
