import { z } from "zod";
import { Address } from "../../../result-schemas.ts";

const Server = z.object({
  label: z.string().describe("as configured"),
  breaker: z.enum(["closed", "half-open", "open"]),
  well: z.boolean().describe("as checks of its health say; true where there are none"),
  ejected: z.boolean().describe("kept out because it did worse than the others"),
  inFlight: z.number(),
});

/** One group of servers. */
export const UpstreamShape = z.object({
  name: z.string(),
  state: z.enum(["ready", "saturated", "down"]),
  queueDepth: z.number().describe("requests that wait"),
  inFlight: z.number().describe("requests at work"),
  limit: z.number().describe("requests let work at once just now"),
  servers: z.array(Server),
});

const Flags = z.record(z.string(), z.boolean());

/** Result of `neurond proxy capacity`. */
export const CapacityShape = z.object({
  flags: Flags.describe("what the proxy says it can do just now"),
  overrides: Flags.describe("what was said by hand"),
});

/** Result of `neurond proxy status` and `drain`. */
export const StatusShape = z.object({
  version: z.string(),
  state: z
    .enum(["running", "paused", "stopping"])
    .describe("paused: nothing new goes to backends, because an operator said so"),
  upstreams: z.array(UpstreamShape),
  capacity: CapacityShape,
});

/** Result of `neurond proxy queue`. */
export const QueueShape = z.object({ upstreams: z.array(UpstreamShape) });

/** A key that may not call. */
export const BanShape = z.object({
  key: Address,
  reason: z.string(),
  sinceMs: z.number().describe("Unix milliseconds"),
  untilMs: z.number().nullable().describe("null = until it is lifted"),
});

/** Result of `neurond proxy bans`. */
export const BansShape = z.object({ bans: z.array(BanShape) });

/** Result of `neurond proxy unban`. */
export const UnbannedShape = z.object({ key: Address });

/** Result of `neurond proxy refusals`. */
export const RefusalsShape = z.object({
  refusals: z.array(
    z.object({
      caller: z.string().describe("hotkey of a proven caller, else its address"),
      code: z.string(),
      count: z.number().describe("within the hour, and at least"),
    }),
  ),
});

/** Result of `neurond proxy token`. */
export const TokenShape = z.object({
  token: z.string().describe("the new one; the old one is dead"),
  file: z.string().nullable().describe("where it was written"),
});

/** Result of `neurond proxy reload`. */
export const ReloadShape = z.object({
  restart: z.array(z.string()).describe("changed settings that need a restart"),
});

/** Result of `neurond proxy export-receipts`. */
export const ExportedShape = z.object({
  output: z.string(),
  receipts: z.number(),
  bytes: z.number(),
});

/** Result of `neurond proxy verify-receipts`. */
export const VerifiedShape = z.object({
  verdict: z.enum(["holds", "refused"]),
  fault: z
    .enum([
      "HEADER_INVALID",
      "RECEIPT_INVALID",
      "RECEIPT_DISPROVEN",
      "SIZE_MISMATCH",
      "ROOT_MISMATCH",
      "SIGNATURE_INVALID",
    ])
    .nullable()
    .describe("why they are refused"),
  line: z.number().nullable().describe("of the file, where the fault is"),
  miner: z.string().nullable().describe("ss58 of who signed for them; null = nobody"),
  requests: z.number(),
  lost: z.number().describe("receipts the miner says it lost"),
  callers: z
    .object({
      proven: z.number().describe("its own signature covers what is said"),
      disproven: z.number(),
      unprovable: z.number().describe("the signature covers a body that is not kept"),
      anonymous: z.number().describe("of open routes"),
    })
    .nullable(),
});
