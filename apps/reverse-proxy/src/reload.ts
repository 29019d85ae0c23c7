import { isDeepStrictEqual } from "node:util";
import type { Settings } from "./config/settings.ts";

/** What became of a reload. */
export type ReloadResult =
  /** Requests from now on are judged by the new settings; those named in `restart` still by the old. */
  | { readonly kind: "taken"; readonly restart: readonly string[] }
  /** Nothing has changed. */
  | { readonly kind: "refused"; readonly error: unknown };

/** Settings that are read at start only, by the sections and keys that operators know. */
const AT_START: readonly (readonly [string, (settings: Settings) => unknown])[] = [
  ["server (listening)", ({ edge }) => ({ ...edge, tls: null })],
  ["tls", ({ edge }) => edge.tls],
  ["server.logFormat", ({ config }) => config.server.logFormat],
  ["auth.chain_endpoint", ({ config }) => config.auth.chain_endpoint],
  ["auth.verifyWorkers", ({ config }) => config.auth.verifyWorkers],
  ["auth.maxVerifyQueue", ({ config }) => config.auth.maxVerifyQueue],
  ["auth.signAnswers", ({ config }) => config.auth.signAnswers],
  ["auth.upgradeHours", ({ config }) => config.auth.upgradeHours],
  ["limits.inFlightBytes", ({ config }) => config.limits.inFlightBytes],
  ["jobs", ({ config }) => config.jobs],
  ["redis", ({ config }) => [config.redis.url?.reveal(), config.redis.onOutage]],
  ["metrics", ({ config }) => config.metrics],
  ["admin", ({ config: { admin } }) => ({ ...admin, token: admin.token !== undefined })],
  ["extAuth (listening)", ({ config: { extAuth } }) => [extAuth.listen, extAuth.trustedHops]],
  ["shield", ({ config }) => config.shield],
  ["receipts", ({ config }) => config.receipts],
  ["wallet", ({ config }) => config.wallet],
];

/** Which changed settings take effect with a restart only. */
export function needsRestart(before: Settings, after: Settings): readonly string[] {
  return AT_START.filter(([, read]) => !isDeepStrictEqual(read(before), read(after))).map(
    ([name]) => name,
  );
}
