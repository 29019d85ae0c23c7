import { test } from "vitest";
import { killStore } from "./killed-store.ts";

const LINES = Array.from({ length: 36 }, (_, kill) => 3 + kill * 3);

test(
  "a store that is killed at any moment has exactly what it acknowledged",
  () => killStore(LINES),
  300_000,
);
