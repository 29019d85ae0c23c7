import { MemoryWeightsLog } from "../src/index.ts";
import { weightsLogContract } from "./weights-log-contract.ts";

weightsLogContract("the memory", async () => new MemoryWeightsLog());
