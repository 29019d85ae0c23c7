import { z } from "zod";

const Reveal = z.strictObject({
  salt: z.array(z.int()),
  weights: z.array(z.tuple([z.int(), z.int()])),
});

const Note = z.strictObject({
  /** Head of the chain when it was made. */
  at: z.int(),
  refusal: z.exactOptional(z.string()),
  /** What the reveal of a hash commit needs, and when it may come. */
  reveal: z.exactOptional(Reveal),
  revealBlock: z.exactOptional(z.int()),
});

/** What is kept beside an attempt. */
export type WeightsNote = z.infer<typeof Note>;

/** As it is kept: JSON. */
export const noteText = (note: WeightsNote): string => JSON.stringify(note);

/** The note of an attempt as the history has it. */
export function weightsNote(text: string | null): WeightsNote {
  return text === null ? { at: 0 } : Note.parse(JSON.parse(text));
}
