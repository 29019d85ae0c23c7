import { runReadme } from "@neurond/testing/readme";
import { expect, it } from "vitest";

it("the example of the README runs", async () => {
  const { stdout, stderr } = await runReadme(new URL("../", import.meta.url));
  expect(stdout).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\n/);
  expect(stdout).toContain("number: '0x15'");
  expect(stderr).toBe("");
});
