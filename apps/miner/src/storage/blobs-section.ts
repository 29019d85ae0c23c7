import { needS3, s3Fields } from "@neurond/blob-store/section";
import { z } from "zod";

/** The `storage.blobs` section: where the bytes of shards lie. */
export const BlobsSection = z
  .strictObject({
    kind: z
      .enum(["directory", "s3"])
      .default("directory")
      .describe("Where the bytes of shards lie: storage.directory, or an S3-compatible storage"),
    ...s3Fields({
      prefix: "miner",
      text: "Name below which shards lie; each miner needs its own",
    }),
  })
  .superRefine((blobs, { addIssue }) => {
    const { kind } = blobs;
    const need = (name: string, value: unknown) => {
      if (value !== undefined) return;
      addIssue({ code: "custom", path: [name], message: `is needed where kind is ${kind}` });
    };
    if (kind === "s3") needS3(blobs, need);
  });
export type BlobsSection = z.output<typeof BlobsSection>;
