import { it } from "vitest";
import { killChain } from "./killed-chain.ts";

it(
  "a chain whose process is killed 40 times loses no block it told of",
  () => killChain(40),
  300_000,
);
