import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { REFERENCE_FILE, renderReference } from "../src/reference.ts";

test("docs/cli.md is what the commands say of themselves", async () => {
  expect(await readFile(REFERENCE_FILE, "utf8")).toBe(await renderReference());
});
