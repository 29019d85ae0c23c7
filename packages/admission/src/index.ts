export { type AdmissionRules, admitBy, type NeuronRule } from "./admit.ts";
export { ADMISSION_ERRORS, type AdmissionErrorCode } from "./errors.ts";
export {
  type Charge,
  type Charges,
  type Settled,
  settle,
  type Taken,
  toMicroseconds,
} from "./gcra.ts";
export { type Limit, limitOf, type Rate } from "./limit.ts";
export type { RateLimiter } from "./limiter.ts";
export { type LimiterFallbackOptions, limiterWithFallback } from "./limiter-fallback.ts";
export { type LimiterMemory, type LimiterMemoryOptions, limiterMemory } from "./limiter-memory.ts";
export { type StakeQuota, stakeQuota } from "./stake-quota.ts";
export type { Subnet, SubnetNeuron } from "./subnet.ts";
export { decodeSubnet, encodeSubnet, type ReadSubnet } from "./subnet-codec.ts";
export { type ReadPass, SubnetReader, type SubnetReaderOptions } from "./subnet-reader.ts";
export type { SubnetShare } from "./subnet-share.ts";
export { subnetShareMemory } from "./subnet-share-memory.ts";
export { SubnetView, type SubnetViewOptions } from "./subnet-view.ts";
