import { z } from "zod";
import { CHECK_NAMES } from "./check.ts";

const health = z.enum(["ok", "warn", "fail"]);

/** Result of `neurond doctor`. */
export const DoctorShape = z.strictObject({
  status: health.describe("the worst of all checks"),
  checks: z.array(
    z.strictObject({
      name: z.enum(CHECK_NAMES).describe("what was looked at"),
      status: health,
      summary: z.string(),
      remedy: z.string().nullable().describe("what to do; null when nothing"),
    }),
  ),
});
