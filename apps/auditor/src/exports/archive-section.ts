import { needS3, s3Fields } from "@neurond/blob-store/section";
import { z } from "zod";

const GIB = 2 ** 30;

/** The `exports.archive` section: where windows go that are larger than the disk. */
export const ArchiveSection = z
  .strictObject({
    kind: z
      .enum(["none", "directory", "s3"])
      .default("none")
      .describe("What is behind windows: nothing, a directory, or an S3-compatible storage"),
    cacheBytes: z
      .int()
      .min(1)
      .max(2 ** 50)
      .default(20 * GIB)
      .describe(
        "What the invocations of one validator take on the local disk before they go there",
      ),
    directory: z.string().min(1).optional().describe("The directory, on another disk"),
    ...s3Fields({
      prefix: "auditor",
      text: "Name below which everything lies; each auditor needs its own",
    }),
  })
  .superRefine((archive, { addIssue }) => {
    const { kind, directory } = archive;
    const need = (name: string, value: unknown) => {
      if (value !== undefined) return;
      addIssue({ code: "custom", path: [name], message: `is needed where kind is ${kind}` });
    };
    if (kind === "directory") need("directory", directory);
    if (kind === "s3") needS3(archive, need);
  });
export type ArchiveSection = z.output<typeof ArchiveSection>;
