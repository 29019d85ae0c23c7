import { runReadme } from "@neurond/testing/readme";
import { expect, test } from "vitest";

test("the example of the README runs", async () => {
  const { stdout } = await runReadme(new URL("../", import.meta.url));
  expect(stdout).toMatch(
    /^subnet 2 at block \d+: 8 neurons\nweights set \(plain\) in block \d+\n$/,
  );
});
