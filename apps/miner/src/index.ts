export { Config, PREFIX } from "./config.ts";
export { MINER_ERRORS, type MinerCode } from "./errors.ts";
export { type Miner, type MinerDeps, startMiner } from "./miner.ts";
export { type ReportDeps, SelfReporter } from "./self-report/follow-reports.ts";
export { SliceCounters } from "./self-report/slice-counters.ts";
