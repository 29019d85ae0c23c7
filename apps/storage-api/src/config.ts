import {
  databaseSection,
  hotkeySetting,
  httpSection,
  LogSection,
  netuidSetting,
  WalletSection,
} from "@neurond/runtime";
import { z } from "zod";

const MIB = 1_048_576;
const GIB = 1024 * MIB;

const hotkeys = (text: string) => z.array(hotkeySetting).default([]).describe(text);
const count = (fallback: number, text: string) => z.int().min(1).default(fallback).describe(text);
const seconds = (fallback: number, text: string) =>
  z.number().positive().max(1_000_000).default(fallback).describe(text);
const domain = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/);

/** Everything an API node can be told; defaults suit one machine behind a proxy with TLS. */
export const Config = z.strictObject({
  netuid: netuidSetting("Subnet whose requests are signed for us"),
  wallet: WalletSection.prefault({}),
  database: databaseSection("storage_api").prefault({}),
  http: httpSection({ host: "0.0.0.0", port: 8095, requestsPerMinute: 1200 }).prefault({}),
  gateway: z
    .strictObject({
      enabled: z.boolean().default(true).describe("Whether the S3 gateway listens"),
      host: z.string().default("0.0.0.0").describe("Address the S3 gateway listens on"),
      port: z.int().min(0).max(65_535).default(9000).describe("Port the S3 gateway listens on"),
      region: z
        .string()
        .regex(/^[a-z0-9-]{1,64}$/)
        .default("us-east-1")
        .describe("What the gateway calls its place; clients may sign for any"),
      domains: z
        .array(domain)
        .default([])
        .describe("Host names below which the first label is a bucket"),
      requestsPerMinute: count(6000, "S3 requests a minute from one address; more get SlowDown"),
      maxInFlight: count(256, "S3 requests served at once; more get SlowDown"),
      maxObjectBytes: z
        .int()
        .min(MIB)
        .max(5 * 1024 * GIB)
        .default(5 * GIB)
        .describe("Longest body of one request; longer objects come in parts"),
      minPartBytes: count(5 * MIB, "Shortest part of an upload but for its last"),
      maxBucketsPerOwner: count(100, "Buckets that one owner may have"),
      idleSeconds: seconds(60, "A connection on which nothing moves for so long is closed"),
    })
    .prefault({}),
  files: z
    .strictObject({
      maxFileBytes: z
        .int()
        .min(1)
        .max(1024 * GIB)
        .default(50 * GIB)
        .describe("Longest file that PUT /v1/files takes"),
      uploadSeconds: seconds(3600, "A file must have arrived whole within"),
      uploadsAtOnce: count(16, "Files on their way in by PUT /v1/files; more get 503"),
    })
    .prefault({}),
  wire: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether /StoreUser, /RetrieveUser and /DeleteUser are served"),
      maxFileBytes: z
        .int()
        .min(1)
        .max(512 * MIB)
        .default(32 * MIB)
        .describe("Longest file of the wire routes, which hold it in memory"),
      atOnce: count(4, "Requests of the wire routes at once; more get 503"),
      identifiers: z
        .enum(["data_hash", "cid"])
        .default("data_hash")
        .describe("What StoreUser answers with: the decimal SHA3-256, or a CID of version 1"),
    })
    .prefault({}),
  access: z
    .strictObject({
      whitelist: hotkeys("Hotkeys that may store and retrieve; empty refuses everybody"),
      blacklist: hotkeys("Hotkeys that may not, whatever else holds; their access keys neither"),
      openAccess: z
        .boolean()
        .default(false)
        .describe("Whether any hotkey may store and retrieve, but for blacklisted ones"),
    })
    .prefault({}),
  vault: z
    .strictObject({
      kind: z
        .enum(["directory", "network"])
        .default("directory")
        .describe("Where bytes go: a directory of this machine, or the miners of the subnet"),
      validators: z
        .array(z.url({ protocol: /^https?$/ }))
        .max(16)
        .default([])
        .describe("Validators through which miners are reached, the preferred first; for network"),
      rs: z
        .tuple([z.int().min(1).max(255), z.int().min(1).max(255)])
        .refine(([k, n]) => k <= n, "k is at most n")
        .optional()
        .describe(
          "k and n: any k of n shards of a segment restore it; by size and by how many miners serve when absent; for network",
        ),
      directory: z.string().min(1).default("data/vault").describe("Where bytes are kept; one disk"),
      keepFreeBytes: z
        .int()
        .min(0)
        .default(GIB)
        .describe("A body that would leave less free on the disk is refused"),
    })
    .prefault({}),
  repair: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether files on the network are repaired and renewed by this node"),
      threshold: z
        .int()
        .min(10)
        .max(23)
        .default(16)
        .describe("Live shards of 24 at which a segment is repaired; other plans in proportion"),
      bytesPerSecond: count(50_000_000, "Repairs fetch and send no more than this"),
      atOnce: count(2, "Segments under repair at the same time, each in memory"),
      everySeconds: seconds(60, "How often validators are asked what is endangered"),
    })
    .prefault({}),
  custody: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether files of owners that access admits are repaired by this node"),
      maxFiles: count(10_000, "Files of others at once; more are refused"),
      maxFilesOfOwner: count(1_000, "Files of one owner at once; more are refused"),
      maxBytes: count(1024 * GIB, "Bytes of files of others at once, encrypted; more are refused"),
    })
    .prefault({}),
  cleaning: z
    .strictObject({
      everySeconds: seconds(30, "How often what is not needed any more is looked for"),
      graceSeconds: seconds(600, "Deleted bytes stay so long for who is reading them"),
      uploadDays: z
        .number()
        .positive()
        .max(10_000)
        .default(7)
        .describe("A multipart upload that was begun so long ago is aborted"),
    })
    .prefault({}),
  log: LogSection.prefault({}),
});
export type Config = z.output<typeof Config>;

/** Prefix of the variables of settings that have no name of their own. */
export const PREFIX = "NEUROND_STORAGE_API";
