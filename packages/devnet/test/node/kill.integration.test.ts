import { it } from "vitest";
import { killChain } from "./killed-chain.ts";

it("a chain whose process is killed a few times loses no block it told of", () => killChain(4));
