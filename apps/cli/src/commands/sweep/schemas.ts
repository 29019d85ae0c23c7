import { z } from "zod";
import { Address } from "../../result-schemas.ts";

/** Result of `neurond sweep burn`. */
export const BurnShape = z.strictObject({
  validator: Address,
  period: z.number(),
  mark: z.string().describe("the file that the validator takes up with its next run"),
  burned: z.array(z.number()).describe("all periods that are marked so"),
});
