import { hotkeySetting, secret } from "@neurond/runtime";
import { z } from "zod";

/** The `set_weights` section: weights of our own from what was audited. */
export const SetWeightsSection = z.strictObject({
  enabled: z.boolean().default(false).describe("Whether weights are set from audited data"),
  ss58_address: hotkeySetting
    .optional()
    .describe("Hotkey that must be the one that signs; not checked when absent"),
  secret_seed: secret()
    .optional()
    .describe("Its seed, hex. A file or variable of the wallet section is safer and wins")
    .meta({ secret: true }),
  validator: z
    .string()
    .optional()
    .describe("Name or hotkey of the audited validator that is followed; the first when absent"),
  version_key: z
    .int()
    .min(0)
    .default(69_420)
    .describe("Version of the rules that are followed; the chain refuses one older than its own"),
  every_blocks: z
    .int()
    .min(1)
    .max(50_000)
    .default(150)
    .describe("Blocks after which standing weights are set again without a new hour"),
  allow_change: z
    .boolean()
    .default(false)
    .describe("Whether a vector may differ from the last by half or more: for once, after a look"),
  dry_run: z.boolean().default(false).describe("Whether vectors are only worked out and logged"),
});
export type SetWeightsSection = z.output<typeof SetWeightsSection>;
