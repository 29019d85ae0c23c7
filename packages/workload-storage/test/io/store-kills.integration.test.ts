import { test } from "vitest";
import { killStore } from "./killed-store.ts";

test("a store that is killed has exactly what it acknowledged", () => killStore([3, 30, 57, 101]));
