import { runReadme } from "@neurond/testing/readme";
import { expect, test } from "vitest";

test("the example of the README verifies and scores", async () => {
  const { stdout } = await runReadme(new URL("../", import.meta.url));
  expect(stdout).toMatch(/^Set\(1\) \{ 'VERIFIED' \}\nCalculated incentive locally for 5/);
});
