import { z } from "zod";
import { type Micros, parseTimestamp } from "../timestamp.ts";

/** Text that may be absent, null or empty, which is all the same. */
export const OptionalText = z
  .string()
  .nullish()
  .transform((text) => (text === undefined || text === "" ? null : text));

/** A time that must be there. */
export const Time = z.string().transform((text, context): Micros => {
  const time = parseTimestamp(text);
  if (time !== null) return time;
  context.addIssue({ code: "custom", message: "no time" });
  return z.NEVER;
});

/** A time that may be absent, null or empty. */
export const OptionalTime = z
  .union([z.literal("").transform(() => null), Time])
  .nullish()
  .transform((time) => time ?? null);

/** A number that may be absent. */
export const OptionalNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? null);

/** A truth value that may be absent, which counts as no. */
export const OptionalFlag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** A uid, which validators write as text; null when there is none. */
export const LooseUid = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^-?\d{1,9}$/)
      .transform(Number),
    z.literal("").transform(() => null),
  ])
  .nullish()
  .transform((uid) => uid ?? null);

/** A list that may be absent or null: then it is empty. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
