import { MemoryState } from "../src/index.ts";
import { stateContract } from "./state-contract.ts";

stateContract("state in memory", async () => new MemoryState());
