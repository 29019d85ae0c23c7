import { MemoryNetwork } from "./support/memory-network.ts";
import { networkContract } from "./support/network-contract.ts";

networkContract(async () => ({ network: new MemoryNetwork(3) }));
