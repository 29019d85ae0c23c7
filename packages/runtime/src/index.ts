export {
  authenticated,
  authenticatedStream,
  type Gate,
  principalOf,
  Refused,
} from "./authenticate.ts";
export { clockOffsetMs, type Exchange } from "./clock-skew.ts";
export { type ConfigSource, type Environment, loadConfig, secret } from "./config.ts";
export { hotkeySetting, parsedBy } from "./config-fields.ts";
export { configReference } from "./config-reference.ts";
export {
  AxonSection,
  ChainSection,
  databaseSection,
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
export { type LaneOptions, Lanes, type Priority } from "./lanes.ts";
export { createLogger, type Logger } from "./logger.ts";
export { forLatest } from "./loop.ts";
export { Counter, createRegistry, Gauge, Histogram, Registry } from "./metrics.ts";
export { readBounded } from "./read-bounded.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { Secret } from "./secret.ts";
export { type Fetch, type OpenAnswer, type Outgoing, sendDirectly } from "./send.ts";
export { announceReady, runService, type ServiceOptions } from "./service.ts";
export { SignedClient, type SignedClientOptions } from "./signed-client.ts";
export { type SignedFetch, signedFetch } from "./signed-fetch.ts";
export type { ByteStream, SignedAnswer, SignedRequest, StreamedBody } from "./signed-request.ts";
export { dropUnknown, type UnknownKey } from "./unknown-keys.ts";
export { VerifyPool, type VerifyPoolOptions, type VerifyRequest } from "./verify-pool.ts";
export { Watchdog, type WatchdogOptions } from "./watchdog.ts";
