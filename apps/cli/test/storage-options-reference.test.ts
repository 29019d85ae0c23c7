import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { renderStorageOptions, STORAGE_OPTIONS_FILE } from "./storage-options-reference.ts";

test("docs/storage-options.md is what the tables of options say", async () => {
  expect(await readFile(STORAGE_OPTIONS_FILE, "utf8")).toBe(renderStorageOptions());
});
