import { z } from "zod";
import { PROXY_CHECKS } from "./examined.ts";

const health = z.enum(["ok", "warn", "fail"]);

/** Result of `neurond proxy doctor`. */
export const ProxyDoctorShape = z.strictObject({
  status: health.describe("the worst of all checks"),
  settings: z.string().nullable().describe("file of the proxy's settings; null = there is none"),
  checks: z.array(
    z.strictObject({
      name: z
        .enum(PROXY_CHECKS)
        .describe("what was looked at; several times where there are several"),
      status: health,
      summary: z.string(),
      remedy: z.string().nullable().describe("what to do; null when nothing"),
    }),
  ),
});
