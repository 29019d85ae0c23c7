import { hotkeySetting } from "@neurond/runtime";
import { z } from "zod";
import { flag } from "./fields.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

const limit = (max: number, text: string) => z.int().min(1).max(max).optional().describe(text);

/** One entry of `routes`. */
export const RouteEntry = z.strictObject({
  match: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, "write a path: it begins with a slash")
    .describe("A path, or all that begins with it where it ends in `/*`"),
  methods: z.array(z.enum(METHODS)).min(1).default(["POST"]).describe("Others get 405"),
  upstream: z.string().min(1).describe("Name of an upstream"),
  auth: z
    .union([z.enum(["required", "none"]), z.array(z.enum(["btauth", "epistula", "axon"])).min(1)])
    .default("required")
    .describe("Whether requests must be signed, or by which schemes; `none` lets anybody in"),
  timeoutMs: limit(86_400_000, "The backend has so long; else `limits.requestTimeoutSec`"),
  asyncAckAfterMs: limit(86_400_000, "Answer 202 after so long and leave the backend at work"),
  maxBodyBytes: limit(2 ** 40, "A longer body gets 413; else `limits.maxBodyBytes`"),
  axonFields: z
    .array(
      z.strictObject({ name: z.string().min(1), type: z.enum(["str", "int", "float", "bool"]) }),
    )
    .default([])
    .describe("`required_hash_fields` of the synapse: of a dendrite's body, only these are signed"),
  urlFields: z
    .array(z.string().min(1))
    .default([])
    .describe("Fields of the body whose URLs the backend follows: they are checked by `egress`"),
  streaming: flag(
    true,
    "Whether the body of an open route is passed on as it comes, not read first",
  ),
  priorityClass: z
    .int()
    .min(-100)
    .max(100)
    .default(0)
    .describe("Waiting requests of a higher class go first"),
  forwardAuth: flag(false, "Whether the backend gets the signature too, to check for itself"),
  perMinute: limit(1_000_000_000, "Requests a minute of everybody together"),
});
export type RouteEntry = z.output<typeof RouteEntry>;

/** One entry of `tenants`: a hotkey of another subnet, or with servers of its own. */
export const TenantEntry = z.strictObject({
  hotkey: hotkeySetting,
  netuid: z.int().min(0).max(4095).optional().describe("Its subnet; else `policy.netuid`"),
  upstreams: z
    .record(z.string(), z.string())
    .default({})
    .describe("Upstreams that serve it in place of those that routes name"),
});
