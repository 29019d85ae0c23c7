import { parseHotkey, readHotkey } from "@neurond/primitives";
import { z } from "zod";
import { PROFILES } from "./score-run.ts";

/** The validators list: whose exports are audited, in the keys that auditors of this subnet have always had. */
export const ValidatorsSetting = z
  .array(
    z.object({
      name: z.string().min(1).optional().describe("What it is called in logs"),
      hotkey: z
        .string()
        .refine((text) => readHotkey(text) !== null, "no ss58 address of prefix 42")
        .transform((text) => parseHotkey(text))
        .describe("Its hotkey"),
      url: z
        .url({ protocol: /^https?$/ })
        .describe("Base of its API; everything is derived from it"),
    }),
  )
  .max(64)
  .describe("Validators whose exports are audited, each with name, hotkey and url");

/** One of them. */
export type ValidatorSetting = z.output<typeof ValidatorsSetting>[number];

/** The `scoring` section. */
export const ScoringSection = z.strictObject({
  profile: z
    .enum(["auto", ...PROFILES])
    .default("auto")
    .describe("Rules of scoring; auto follows the generation of the newest report"),
});

/** The `verify` section. */
export const VerifySection = z.strictObject({
  method: z
    .enum(["body", "storage"])
    .default("body")
    .describe("What is asked first: the block's body, or CommitmentOf at the block"),
  policy: z
    .enum(["strict", "accept_unverifiable"])
    .default("strict")
    .describe(
      "Whether hours that nobody can verify any more are loaded; they never count as verified",
    ),
  tree: z
    .union([z.boolean(), z.literal("sample")])
    .default(true)
    .describe(
      "Whether the tree over an hour's invocations is computed again: of each hour, of none, or of a sample of one in eight",
    ),
  archives: z
    .array(z.string())
    .default([])
    .describe("Endpoints that are asked, in this order, for what the chain's own has discarded"),
});

/** The `reconcile` section. */
export const ReconcileSection = z.strictObject({
  mode: z
    .enum(["off", "report", "apply"])
    .default("report")
    .describe("What uncommitted feeds may do: nothing, be compared, or overrule committed reports"),
});
