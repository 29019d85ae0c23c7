import { runReadme } from "@neurond/testing/readme";
import { expect, test } from "vitest";

test("the example of the README refuses a request that is not signed", async () => {
  const { stdout } = await runReadme(new URL("../", import.meta.url));
  expect(stdout).toContain("403");
  expect(stdout).toContain("<Code>AccessDenied</Code>");
  expect(stdout).toContain("Unknown AccessDenied");
});
