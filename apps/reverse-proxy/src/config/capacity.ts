import { z } from "zod";
import { flag } from "./fields.ts";

const names = (fallback: readonly string[], text: string) =>
  z
    .array(z.string().min(1))
    .default([...fallback])
    .describe(text);

/** The `capacity` section: what we say we can do. */
export const CapacitySection = z.strictObject({
  format: z
    .enum(["flags", "lists", "both"])
    .default("flags")
    .describe(
      "`flags` is what the orchestrator reads, `lists` what the first proxy said, `both` answers `?format=` and Accept-Profile",
    ),
  inference: names(["base-h100_pcie", "img-h100_pcie"], "What the inference upstream can do"),
  training: names([], "What the training upstream can do"),
  upstreams: z
    .record(z.string(), z.array(z.string().min(1)))
    .default({})
    .describe(
      "What other upstreams can do, by their names; a capability named here is theirs alone",
    ),
  flags: z
    .record(z.string(), z.boolean())
    .default({})
    .describe(
      "Capabilities said by hand: false hides one, true adds one that no upstream stands behind",
    ),
  shedWhenFull: flag(false, "Whether a saturated upstream says that it can do nothing"),
});
