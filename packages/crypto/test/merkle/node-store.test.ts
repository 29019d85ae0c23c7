import { MemoryNodes } from "@neurond/crypto";
import { describe } from "vitest";
import { nodeStoreContract } from "./node-store-contract.ts";

describe("a node store in memory", () => {
  nodeStoreContract((nodes) => {
    const store = new MemoryNodes();
    store.add(nodes);
    return store;
  });
});
