import { describe, test } from "vitest";
import { indexContract } from "../src/contracts/index-contract.ts";
import { vaultContract } from "../src/contracts/vault-contract.ts";
import { MemoryIndex } from "../src/index.ts";
import { MemoryVault } from "./memory-vault.ts";

describe("the index in memory", () => {
  for (const { name, run } of indexContract) {
    test(name, async () => {
      const index = new MemoryIndex();
      await run({ index, garbage: async () => [...index.garbage] });
    });
  }
});

describe("the vault of tests", () => {
  for (const { name, run } of vaultContract) {
    test(name, async () => {
      const vault = new MemoryVault();
      const usedBytes = async () => [...vault.blobs.values()].reduce((sum, b) => sum + b.length, 0);
      await run({ vault, reopen: async () => vault, usedBytes });
    });
  }
});
