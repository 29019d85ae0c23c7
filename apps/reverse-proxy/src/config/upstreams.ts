import { z } from "zod";
import { ADAPTIVE_DEFAULTS, HEALTH_DEFAULTS, UPSTREAM_DEFAULTS } from "../upstream/settings.ts";
import { milliseconds, whole } from "./fields.ts";

const MANY = 1_000_000;
const percent = (fallback: number, text: string) => whole(0, 100, fallback, text);
const count = (fallback: number, text: string) => whole(1, MANY, fallback, text);
const { queue, breaker, ejection, ...defaults } = UPSTREAM_DEFAULTS;

const pem = (text: string) => z.string().optional().describe(`PEM file of ${text}`);

const serverUrl = z
  .string()
  .regex(
    /^(?:https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?|unix:\/\S+)$/,
    "write http://, https:// or unix:/path",
  );

/** One entry of `upstreams`, with the defaults of `UPSTREAM_DEFAULTS`. */
export const UpstreamEntry = z.strictObject({
  urls: z
    .array(serverUrl)
    .min(1)
    .describe("Servers that do the same work; a path is put before that of requests"),
  maxConcurrent: count(
    defaults.maxConcurrent,
    "Requests at work at once over all servers: the slots of the GPUs behind",
  ),
  maxConcurrentPerServer: count(
    defaults.maxConcurrentPerServer,
    "And on one server, which has as many connections",
  ),
  connectTimeoutMs: milliseconds(defaults.connectTimeoutMs, "A connection must be there within"),
  keepAliveMs: milliseconds(
    defaults.keepAliveMs,
    "An idle connection is closed after; less than what servers keep",
  ),
  tls: z
    .strictObject({
      caFile: pem(
        "what signs the certificates of the servers; else the authorities of the system do",
      ),
      certFile: pem("our certificate, where servers ask for one"),
      keyFile: pem("its key"),
      serverName: z
        .string()
        .optional()
        .describe("Expected in their certificates, not the host of the URL"),
    })
    .optional(),
  queue: z
    .strictObject({
      maxWaiting: whole(0, MANY, queue.maxWaiting, "Requests that may wait"),
      maxPerHotkey: count(queue.maxPerHotkey, "And of one hotkey"),
      maxWaitMs: milliseconds(queue.maxWaitMs, "Nobody waits longer"),
      ageingTauSec: count(
        queue.ageingTauSec,
        "So many seconds of waiting outweigh e times the stake",
      ),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      consecutiveFailures: count(
        breaker.consecutiveFailures,
        "Failures in a row that open the breaker of a server",
      ),
      windowMs: milliseconds(breaker.windowMs, "Rates are judged over"),
      minCalls: count(breaker.minCalls, "Once there were so many calls"),
      errorPercent: percent(breaker.errorPercent, "Share of failures that opens it"),
      slowCallMs: milliseconds(breaker.slowCallMs, "A first byte later than this is slow"),
      slowPercent: percent(breaker.slowPercent, "Share of slow calls that opens it"),
      openMs: milliseconds(breaker.openMs, "It stays open for, twice as long each time"),
      maxOpenMs: milliseconds(breaker.maxOpenMs, "And for no longer than"),
      probes: count(breaker.probes, "Requests let through half-open, all of which must succeed"),
    })
    .prefault({}),
  ejection: z
    .strictObject({
      marginPercent: percent(
        ejection.marginPercent,
        "More failures than the other servers together, in percent points; 100 ejects none",
      ),
      ejectMs: milliseconds(ejection.ejectMs, "An ejected server rests for"),
      maxEjectedPercent: percent(
        ejection.maxEjectedPercent,
        "No more of the servers are ejected at once",
      ),
    })
    .prefault({}),
  healthPath: z
    .string()
    .startsWith("/")
    .optional()
    .describe("Path that servers are asked at how they are; without it they are not asked"),
  health: z
    .strictObject({
      intervalMs: milliseconds(HEALTH_DEFAULTS.intervalMs, "Servers are asked every"),
      jitterPercent: percent(HEALTH_DEFAULTS.jitterPercent, "More or less, at random"),
      timeoutMs: milliseconds(HEALTH_DEFAULTS.timeoutMs, "And must answer within"),
      healthyAfter: count(
        HEALTH_DEFAULTS.healthyAfter,
        "Good answers until a server is well again",
      ),
      unhealthyAfter: count(HEALTH_DEFAULTS.unhealthyAfter, "Bad answers until it is not"),
    })
    .prefault({}),
  adaptive: z
    .strictObject({
      minConcurrent: count(ADAPTIVE_DEFAULTS.minConcurrent, "The limit never falls below"),
      tolerancePercent: whole(
        101,
        10_000,
        ADAPTIVE_DEFAULTS.tolerancePercent,
        "Latency may be so much of its floor before the limit shrinks",
      ),
      floorHalfLife: count(
        ADAPTIVE_DEFAULTS.floorHalfLife,
        "The floor is forgotten by half after so many answers",
      ),
    })
    .optional(),
});
export type UpstreamEntry = z.output<typeof UpstreamEntry>;
