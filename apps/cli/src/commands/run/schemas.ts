import { z } from "zod";

/** Result of `neurond run`, once the daemon has ended. */
export const RunShape = z.strictObject({
  daemon: z.enum(["miner", "validator", "api"]),
  exitCode: z.number().nullable().describe("null when a signal ended it"),
  signal: z.string().nullable(),
});
