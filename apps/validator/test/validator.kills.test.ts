import { describe, test } from "vitest";
import { killAfterCalls, killAtRandom } from "./support/killed-validator.ts";

test(
  "killed after every single call of a block that closes a run and opens the next, it does each thing once",
  () => killAfterCalls(1),
  360_000,
);

describe.each([1, 2, 3, 4])("killed again and again at any call, sequence %i", (seed) => {
  test(
    "it reports each run once, loses nothing, asks again for nothing settled, sets weights",
    () => killAtRandom(seed),
    180_000,
  );
});
