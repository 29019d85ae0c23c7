import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("the example of the README runs", async () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]+?)```/.exec(text)?.[1] ?? "";
  // Inside the package, so that its own name resolves; `dist` is not kept.
  mkdirSync(new URL("../dist/", import.meta.url), { recursive: true });
  const file = fileURLToPath(new URL("../dist/readme-example.ts", import.meta.url));
  writeFileSync(file, example);
  const args = ["--conditions=neurond:source", file];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\n/);
  expect(stdout).toContain("number: '0x15'");
  expect(stderr).toBe("");
});
