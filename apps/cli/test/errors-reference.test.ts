import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { BOOTSTRAP_ERRORS } from "./bootstrap-errors.ts";
import { ERRORS_FILE, renderErrors } from "./errors-reference.ts";

test("docs/errors.md is what the tables of codes say", async () => {
  expect(await readFile(ERRORS_FILE, "utf8")).toBe(renderErrors());
});

test("every way the bootstrap can stop has its meaning there", async () => {
  const path = new URL("../../../scripts/bootstrap/failure.mjs", import.meta.url);
  const { EXIT_CODES } = await import(path.href);
  expect(Object.keys(BOOTSTRAP_ERRORS)).toEqual(Object.keys(EXIT_CODES));
});
