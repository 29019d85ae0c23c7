import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const root = join(import.meta.dirname, "..");

/** The kernels there are: one per AssemblyScript file. */
export async function kernelNames(): Promise<readonly string[]> {
  const files = await readdir(join(root, "assembly"));
  return files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3));
}

/** The text of `src/<name>.wasm.ts`. The same source and compiler give the same text everywhere. */
export async function generateKernel(name: string): Promise<string> {
  const written = new Map<string, Uint8Array>();
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd,relaxed-simd"];
  const { error, stderr } = await asc.main(
    [`${name}.ts`, ...options, "--baseDir", "assembly", "--outFile", "kernel.wasm"],
    {
      readFile: async (file, base) => {
        try {
          return await readFile(join(root, base, file), "utf8");
        } catch {
          return null; // the compiler tries several places
        }
      },
      writeFile: (file, contents) => {
        if (typeof contents !== "string") written.set(file, contents);
      },
      listFiles: () => [],
    },
  );
  const wasm = written.get("kernel.wasm");
  if (error !== null || wasm === undefined) throw new Error(`${name}: ${stderr.toString()}`);
  const base64 = Buffer.from(wasm).toString("base64");
  return [
    `// Compiled from assembly/${name}.ts by \`npm run build:kernels\`; a test compares.`,
    `/** The module of kernel \`${name}\`, base64. */`,
    `export const ${constantOf(name)} =\n  "${base64}";\n`,
  ].join("\n");
}

/** Where a kernel's generated file is. */
export function generatedPath(name: string): string {
  return join(root, "src", `${name}.wasm.ts`);
}

function constantOf(name: string): string {
  return `${name.replaceAll("-", "_").toUpperCase()}_WASM`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of await kernelNames()) {
    await writeFile(generatedPath(name), await generateKernel(name));
  }
}
