import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the example of the README runs", async () => {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]+?)```/.exec(text)?.[1] ?? "";
  // Inside the package, so that its own name resolves; `dist` is not kept.
  mkdirSync(new URL("../dist/", import.meta.url), { recursive: true });
  const file = new URL("../dist/readme-example.ts", import.meta.url);
  writeFileSync(file, example);
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--conditions=neurond:source", file.pathname]);
  expect(stdout).toMatch(
    /^subnet 2 at block \d+: 8 neurons\nweights set \(plain\) in block \d+\n$/,
  );
});
