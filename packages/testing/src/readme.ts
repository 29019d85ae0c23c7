import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CODE = /```ts\n([\s\S]+?)```/;

/**
 * Runs the first TypeScript example of a package's README in a directory of its own; rejects when
 * it does not exit with 0.
 */
export async function runReadme(
  packageDirectory: URL,
): Promise<{ stdout: string; stderr: string }> {
  const text = await readFile(new URL("README.md", packageDirectory), "utf8");
  const example = CODE.exec(text)?.[1];
  if (example === undefined) throw new Error(`${packageDirectory}README.md has no example`);
  // Inside the package, so that its own name resolves; nothing in `dist` is kept.
  const file = fileURLToPath(new URL(`dist/readme-example-${process.pid}.ts`, packageDirectory));
  await mkdir(new URL("dist/", packageDirectory), { recursive: true });
  const cwd = await mkdtemp(join(tmpdir(), "neurond-readme-"));
  try {
    await writeFile(file, example);
    const args = ["--conditions=neurond:source", file];
    return await promisify(execFile)(process.execPath, args, { cwd });
  } finally {
    await rm(file, { force: true });
    await rm(cwd, { recursive: true, force: true });
  }
}
