export { Config, PREFIX } from "./config.ts";
export { type Miner, type MinerDeps, startMiner } from "./miner.ts";
