import { z } from "zod";

/** A key that was just made: the only time its secret is seen. */
export const NewKeyShape = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  owner: z.string(),
});

/** Keys, without their secrets. */
export const KeysShape = z.object({
  keys: z.array(
    z.object({
      accessKeyId: z.string(),
      owner: z.string(),
      label: z.string(),
      created: z.iso.datetime(),
    }),
  ),
});

/** What became of a key. */
export const RemovedShape = z.object({ accessKeyId: z.string(), removed: z.boolean() });
