import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { generatedPath, generateKernel, kernelNames } from "../scripts/build.ts";

for (const name of await kernelNames()) {
  test(`kernel ${name} is what its source compiles to`, { timeout: 60_000 }, async () => {
    expect(await readFile(generatedPath(name), "utf8")).toBe(await generateKernel(name));
  });
}
