import { secret } from "@neurond/runtime";
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
    endpoint: z.url().optional().describe("Address of the storage"),
    region: z.string().min(1).default("us-east-1").describe("Region that requests are signed for"),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional()
      .describe("Bucket, which must exist"),
    prefix: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/)
      .max(200)
      .default("auditor")
      .describe("Name below which everything lies; each auditor needs its own"),
    pathStyle: z
      .boolean()
      .default(true)
      .describe("Whether the bucket is in the path of requests instead of their host"),
    accessKeyId: secret()
      .optional()
      .describe("Key; without it credentialsFile is read")
      .meta({ env: "AWS_ACCESS_KEY_ID", secret: true }),
    secretAccessKey: secret()
      .optional()
      .describe("Secret of the key")
      .meta({ env: "AWS_SECRET_ACCESS_KEY", secret: true }),
    credentialsFile: z
      .string()
      .min(1)
      .optional()
      .describe("File of keys as the tools of AWS have it, read anew for each request")
      .meta({ env: "AWS_SHARED_CREDENTIALS_FILE" }),
    profile: z
      .string()
      .min(1)
      .default("default")
      .describe("Section of that file")
      .meta({ env: "AWS_PROFILE" }),
  })
  .superRefine((archive, { addIssue }) => {
    const { kind, directory, endpoint, bucket, accessKeyId, secretAccessKey } = archive;
    const need = (name: string, value: unknown) => {
      if (value !== undefined) return;
      addIssue({ code: "custom", path: [name], message: `is needed where kind is ${kind}` });
    };
    if (kind === "directory") need("directory", directory);
    if (kind !== "s3") return;
    need("endpoint", endpoint);
    need("bucket", bucket);
    if (accessKeyId !== undefined) need("secretAccessKey", secretAccessKey);
    else need("credentialsFile", archive.credentialsFile);
  });
export type ArchiveSection = z.output<typeof ArchiveSection>;
