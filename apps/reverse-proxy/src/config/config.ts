import { secret, WalletSection } from "@neurond/runtime";
import { z } from "zod";
import { AuthSection, PolicySection } from "./auth.ts";
import { CapacitySection } from "./capacity.ts";
import { checkTogether } from "./check-together.ts";
import { address, flag, httpUrl, whole } from "./fields.ts";
import { LimitsSection } from "./limits.ts";
import { AdminSection, ExtAuthSection, ShieldSection } from "./operators.ts";
import { ReceiptsSection } from "./receipts.ts";
import { RouteEntry, TenantEntry } from "./routes.ts";
import { ServerSection } from "./server.ts";
import { UpstreamEntry } from "./upstreams.ts";

const MIB = 1024 ** 2;
const server = (name: string, text: string) =>
  httpUrl.default("http://localhost:8091").describe(text).meta({ env: name });
const pem = (text: string) => z.string().optional().describe(`PEM file of ${text}`);

/** Everything the proxy can be told. Names with underscores are those of the first Dippy proxy. */
export const Config = z
  .strictObject({
    server: ServerSection.prefault({}),
    auth: AuthSection,
    policy: PolicySection.prefault({}),
    services: z
      .strictObject({
        training_server_url: server("TRAINING_SERVER_URL", "Server behind /train"),
        inference_server_url: server("INFERENCE_SERVER_URL", "Server behind /inference and /edit"),
      })
      .prefault({}),
    routes: z
      .array(RouteEntry)
      .default([])
      .describe("Further routes; one with path and method of a built-in route replaces it"),
    upstreams: z
      .record(z.string(), UpstreamEntry)
      .default({})
      .describe(
        "Groups of servers by name; `training` and `inference` replace those of `services`",
      ),
    tenants: z
      .array(TenantEntry)
      .default([])
      .describe("Hotkeys of `auth.miner_hotkey` on another subnet, or with servers of their own"),
    limits: LimitsSection.prefault({}),
    cors: z
      .strictObject({
        origins: z
          .array(z.string())
          .default([])
          .describe("Origins whose pages may call; `*` lets any, none is the default")
          .meta({ env: "CORS_ORIGINS" }),
      })
      .prefault({}),
    capacity: CapacitySection.prefault({}),
    jobs: z
      .strictObject({
        maxJobs: whole(
          0,
          1_000_000,
          256,
          "Requests that were answered 202 and are still at work; others wait",
        ),
        maxResultBytes: whole(0, 2 ** 32, 32 * MIB, "Of a longer answer only the status is kept"),
        maxTotalBytes: whole(
          0,
          2 ** 40,
          256 * MIB,
          "Of all answers; beyond, the oldest are forgotten",
        ),
        directory: z
          .string()
          .min(1)
          .optional()
          .describe(
            "Where what became of them outlives us; when absent in Redis, without that in memory only",
          ),
        maxStoredBytes: whole(0, 2 ** 50, 10 * 1024 * MIB, "And no more of it than this"),
        statusRetentionSec: whole(1, 604_800, 3600, "What became of them can be asked for so long"),
      })
      .prefault({}),
    egress: z
      .strictObject({
        fields: z
          .array(z.string().min(1))
          .default(["callback_url", "image_url", "webhook_url"])
          .describe("Fields of bodies to /inference and /edit whose URLs their backend follows"),
        allowHosts: z
          .array(z.string().min(1))
          .default([])
          .describe(
            "Hosts they may name, `.example.com` those under it; every public one when empty",
          ),
        allowPrivate: flag(false, "Whether they may lead into our own network"),
        schemes: z
          .array(z.enum(["http", "https"]))
          .min(1)
          .default(["http", "https"])
          .describe("Schemes they may have"),
        ports: z
          .array(z.int().min(1).max(65_535))
          .default([])
          .describe("Ports they may name; any when empty"),
        maxInspectBytes: whole(
          1024,
          256 * MIB,
          32 * MIB,
          "A longer body, which is not looked into, gets 422",
        ),
      })
      .prefault({}),
    tls: z
      .strictObject({
        certFile: pem("our certificate and its chain; with it we speak https"),
        keyFile: pem("its key"),
        more: z
          .array(
            z.strictObject({
              certFile: z.string(),
              keyFile: z.string(),
              names: z.array(z.string()).default([]),
            }),
          )
          .default([])
          .describe("Further certificates, for host names `names`, `*.` for one label"),
        clientCaFile: pem("the authorities that a client's certificate must come from"),
        hstsSec: whole(0, 63_072_000, 0, "Strict-Transport-Security for so long; 0: not sent"),
      })
      .prefault({}),
    redis: z
      .strictObject({
        url: secret()
          .optional()
          .describe("Shares spent nonces, limits and the subnet among processes")
          .meta({ env: "REDIS_URL", secret: true }),
        onOutage: z
          .enum(["local", "refuse"])
          .default("local")
          .describe("While Redis is gone: go by this process's memory, or refuse"),
      })
      .prefault({}),
    metrics: z
      .strictObject({
        listen: address("Where Prometheus reads; never the public listener").prefault(
          "127.0.0.1:9091",
        ),
        enabled: flag(true, "Whether that listener is there"),
      })
      .prefault({}),
    admin: AdminSection.prefault({}),
    extAuth: ExtAuthSection.prefault({}),
    shield: ShieldSection.prefault({}),
    receipts: ReceiptsSection.prefault({}),
    wallet: WalletSection.prefault({}),
    telemetry: z
      .strictObject({
        url: httpUrl
          .optional()
          .describe(
            "Where `POST /trigger_telemetry` reports to; without it there is no such route",
          ),
      })
      .prefault({}),
  })
  .superRefine(checkTogether);
export type Config = z.output<typeof Config>;

/** Prefix of the variables of settings that have no name of their own. */
export const PREFIX = "REVERSE_PROXY";
