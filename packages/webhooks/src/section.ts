import { secret } from "@neurond/runtime";
import { z } from "zod";

/** The `alerts` section: who is told of what a human must look at. */
export const AlertsSection = z.strictObject({
  webhook: secret()
    .optional()
    .describe("https address that critical findings are posted to; whoever knows it can post too")
    .meta({ secret: true }),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("Whether it may be at a loopback or private address, and without TLS"),
});
export type AlertsSection = z.output<typeof AlertsSection>;
