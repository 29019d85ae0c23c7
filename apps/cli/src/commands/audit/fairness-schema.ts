import { z } from "zod";
import { Address } from "../../result-schemas.ts";

const Rate = z.object({
  coldkey: z.string(),
  hits: z.number(),
  trials: z.number(),
  expected: z.number().describe("what the rate of all others would have given"),
  pValue: z.number(),
  isRemarkable: z.boolean(),
});

/** Result of `neurond audit fairness`. */
export const AuditFairnessShape = z.strictObject({
  validators: z.array(
    z.strictObject({
      hotkey: Address,
      name: z.string(),
      account: z
        .strictObject({
          asOf: z.string(),
          requests: z.number(),
          chutes: z.array(
            z.strictObject({
              chuteId: z.string(),
              requests: z.number(),
              statistic: z.number().describe("chi-square"),
              degrees: z.number(),
              pValue: z.number(),
              effect: z.number().describe("Cohen's w"),
              isRemarkable: z.boolean(),
              instances: z.array(
                z.strictObject({
                  instanceId: z.string(),
                  hotkey: z.string(),
                  observed: z.number(),
                  expected: z.number(),
                }),
              ),
            }),
          ),
          owners: z.array(
            z.strictObject({
              coldkey: z.string(),
              observed: z.number(),
              expected: z.number(),
              ratio: z.number(),
              pValue: z.number(),
              isRemarkable: z.boolean(),
            }),
          ),
          errors: z.array(Rate).describe("failed attempts"),
          bounties: z.array(Rate.extend({ burst: z.number() })),
          selfDeletions: z.array(Rate.extend({ short: z.number(), afterBounty: z.number() })),
          multipliers: z.array(
            z.strictObject({
              instanceId: z.string(),
              chuteId: z.string(),
              hotkey: z.string(),
              stated: z.number(),
              reference: z.number(),
              ratio: z.number(),
            }),
          ),
          privateWork: z.array(
            z.strictObject({
              billedTo: z.string(),
              coldkey: z.string(),
              instances: z.number(),
              seconds: z.number(),
              shareOfUser: z.number(),
              owners: z.number(),
              tie: z.enum(["own_account", "only_server"]),
            }),
          ),
        })
        .nullable(),
    }),
  ),
});
