import { z } from "zod";
import { flag, milliseconds, whole } from "./fields.ts";

/** Severities as the first proxy wrote them, and as ours are called. */
const LEVELS = {
  critical: "fatal",
  fatal: "fatal",
  error: "error",
  warning: "warn",
  warn: "warn",
  success: "info",
  info: "info",
  debug: "debug",
  trace: "trace",
} as const;

const level = z.string().transform((text, context) => {
  const name = text.toLowerCase();
  const found = Object.entries(LEVELS).find(([key]) => key === name);
  if (found) return found[1];
  context.addIssue({ code: "custom", message: `write one of ${Object.keys(LEVELS).join(", ")}` });
  return z.NEVER;
});

/** The `server` section: where we listen, what we log, and how we end. */
export const ServerSection = z.strictObject({
  host: z.string().min(1).default("0.0.0.0").describe("Address to listen on").meta({ env: "HOST" }),
  port: whole(0, 65_535, 8080, "Port to listen on").meta({ env: "PORT" }),
  reload: flag(
    false,
    "Whether to take a changed configuration file at once; SIGHUP always does",
  ).meta({ env: "RELOAD" }),
  log_level: level
    .prefault("INFO")
    .describe("Least severity that is logged")
    .meta({ env: "LOG_LEVEL" }),
  logFormat: z
    .enum(["json", "text"])
    .default("json")
    .describe("`text` logs `time | level | name - message` lines")
    .meta({ env: "LOG_FORMAT" }),
  accessLog: flag(true, "Whether each request is logged"),
  debugRequests: flag(
    false,
    "Whether the headers of each request are logged, signatures left out",
  ).meta({ env: "DEBUG_REQUESTS" }),
  drainNoticeSec: whole(
    0,
    300,
    0,
    "Before we stop taking requests, we say so long that we are about to",
  ),
  drainSec: whole(0, 600, 30, "Requests under way have so long to finish when we stop"),
  headersTimeoutMs: milliseconds(5000, "The header block of a request must be complete within"),
  keepAliveMs: milliseconds(65_000, "An idle connection is kept so long"),
  maxRequestsPerConnection: whole(1, 1_000_000_000, 10_000, "A connection is closed after so many"),
  maxHeaderBytes: whole(1024, 65_536, 16_384, "A longer header block gets 431"),
  maxHeaderCount: whole(8, 2000, 100, "More header fields get 431"),
  maxConnections: whole(1, 1_000_000, 20_000, "Connections at once; more are closed"),
  maxConnectionsPerIp: whole(
    1,
    1_000_000,
    512,
    "Connections of one address at once; more are closed",
  ),
  http2: flag(true, "Whether HTTP/2 is spoken with clients that offer it, over TLS"),
  proxyProtocol: flag(false, "Whether trusted hops begin connections with the PROXY protocol"),
  websocketMaxMin: whole(1, 10_080, 60, "A websocket is closed after so long, to be proven anew"),
  heartbeatSec: whole(
    0,
    3600,
    0,
    "A comment is put in an event stream silent for so long; 0: never",
  ),
  trustedHops: z
    .array(z.string())
    .default([])
    .describe(
      "Addresses or networks (CIDR) of proxies in front, whose word on the client's address counts",
    ),
});
