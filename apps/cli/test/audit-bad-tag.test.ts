import { expect, test } from "vitest";
import { run } from "./run.ts";

test("what is no proof of a wrong tag is bad input, and no address is asked", async () => {
  const argv = ["audit", "bad-tag", "-", "--submit", "http://127.0.0.1:1", "--json"];
  expect(await run(argv, { input: '{"kind":"bad-tag"}' })).toMatchObject({ exitCode: 2 });
  expect(await run(argv, { input: "hello" })).toMatchObject({ exitCode: 2 });
});
