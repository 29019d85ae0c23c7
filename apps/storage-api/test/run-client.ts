import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Every program of a name on the PATH; say in the name of what is skipped that there is none. */
export function programs(name: string): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...new Set(folders.map((folder) => join(folder, name)))].filter(isExecutable);
}

/** Runs a program to its end; its output when it succeeds, a rejection with its last words else. */
export async function runClient(
  program: string,
  args: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): Promise<string> {
  const path = process.env["PATH"] ?? "";
  try {
    const { stdout } = await run(program, [...args], {
      env: { PATH: path, HOME: cwd, ...env },
      cwd,
      timeout: 50_000,
      maxBuffer: 8_388_608,
    });
    return stdout;
  } catch (error) {
    const { stderr, stdout } = error as { readonly stderr?: string; readonly stdout?: string };
    throw new Error(`${program} ${args.join(" ")}: ${stderr || stdout || String(error)}`);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
