import { runReadme } from "@neurond/testing/readme";
import { expect, test } from "vitest";

test("the example of the README starts a proxy that says what works", async () => {
  const { stdout } = await runReadme(new URL("..", import.meta.url));
  expect(stdout).toContain("bittensor-miner-reverse-proxy");
});
