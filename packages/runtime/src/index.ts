export {
  authenticated,
  authenticatedStream,
  type Gate,
  principalOf,
  Refused,
} from "./authenticate.ts";
export { type ConfigSource, type Environment, loadConfig, secret } from "./config.ts";
export { configReference } from "./config-reference.ts";
export {
  AxonSection,
  ChainSection,
  httpSection,
  LogSection,
  netuidSetting,
  WalletSection,
  WatchdogSection,
} from "./config-sections.ts";
export { RUNTIME_ERRORS, type RuntimeCode } from "./errors.ts";
export { type Check, Health, type Verdict } from "./health.ts";
export {
  type App,
  createApp,
  type ErrorBody,
  type HttpOptions,
  type Listening,
  listen,
} from "./http.ts";
export { createLogger, type Logger } from "./logger.ts";
export { forLatest } from "./loop.ts";
export { Counter, createRegistry, Gauge, Histogram, Registry } from "./metrics.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { Secret } from "./secret.ts";
export { announceReady, runService, type ServiceOptions } from "./service.ts";
export {
  type Fetch,
  readBounded,
  type SignedAnswer,
  type SignedFetch,
  type SignedRequest,
  signedFetch,
} from "./signed-fetch.ts";
export type { UnknownKey } from "./unknown-keys.ts";
export { VerifyPool, type VerifyPoolOptions, type VerifyRequest } from "./verify-pool.ts";
export { Watchdog, type WatchdogOptions } from "./watchdog.ts";
