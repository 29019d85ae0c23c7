import { z } from "zod";
import { Address, SubmissionShape } from "../../result-schemas.ts";

const Kind = z
  .enum(["endpoint", "legacy-model", "unparsable", "foreign", "missing-data"])
  .describe("what the commitment holds; only an endpoint is an entry of the registry");

const Warning = z
  .enum(["ipv6-invisible", "legacy-ipv6", "port-zero", "private-address"])
  .describe("what may keep an endpoint from being found");

/** What a probe of an endpoint came to. */
export const CheckShape = z.strictObject({
  valid: z.boolean().describe("GET https://address:port/check/hotkey answered 200, TLS verified"),
  reason: z.string().nullable().describe("why it is not valid, such as tls or timeout"),
  detail: z.string().nullable(),
  latencyMs: z.number().nullable(),
  identified: z.boolean().nullable().describe("whether the answer named the hotkey"),
});

/** A commitment as somebody reads it who looks for miners. */
export const EntryShape = z.strictObject({
  hotkey: Address,
  uid: z.number().nullable().describe("null = no longer registered: nobody looks there"),
  block: z.number().describe("block in which it was set"),
  kind: Kind,
  raw: z.string().nullable().describe("the first raw field, a character for each byte"),
  length: z.number().describe("bytes of raw"),
  address: z.string().nullable(),
  port: z.number().nullable(),
  warnings: z.array(Warning),
  check: CheckShape.nullable().describe("null = there is nothing to ask"),
  error: z
    .strictObject({ type: z.string(), message: z.string() })
    .nullable()
    .describe("why it is no entry"),
});

/** Result of `neurond registry read`. */
export const EntriesShape = z.strictObject({
  network: z.string(),
  netuid: z.number(),
  block: z.number(),
  totals: z.strictObject({
    commitments: z.number(),
    parsed: z.number(),
    invalid: z.number(),
    reachable: z.number().describe("entries whose endpoint is valid"),
  }),
  entries: z.array(EntryShape),
});

/** Result of `neurond registry check`. */
export const CheckedShape = EntriesShape.extend({
  verbose: z.boolean().describe("whether people are shown what is wrong; JSON always says it"),
});

/** Result of `neurond registry register`. */
export const RegisteredShape = z.strictObject({
  coldkey: Address.nullable().describe("null = there is no public file of it"),
  hotkey: Address,
  network: z.string(),
  netuid: z.number(),
  commitment: z.string().describe("the string for the chain"),
  length: z.number().describe("its bytes"),
  warnings: z.array(Warning),
  standing: z
    .strictObject({ kind: Kind, raw: z.string().nullable(), block: z.number() })
    .nullable()
    .describe("what would be replaced; null = nothing, or a dry run did not reach the chain"),
  check: CheckShape.nullable().describe("with --verify"),
  outcome: z
    .enum(["dry-run", "unchanged", "would-overwrite", "unverified", "submitted"])
    .describe("nothing was sent unless it was submitted"),
  submission: SubmissionShape.nullable(),
});
