import { test } from "vitest";
import { killAfterCalls, killAtRandom } from "./support/killed-validator.ts";

// Every call, and more sequences, are in validator.kills.test.ts.

test(
  "killed after some of the calls of a block that closes a run and opens the next, it does each thing once",
  () => killAfterCalls(6),
  120_000,
);

test(
  "killed again and again at any call, it reports each run once, loses nothing, sets weights",
  () => killAtRandom(1),
  120_000,
);
