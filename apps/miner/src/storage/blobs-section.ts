import { secret } from "@neurond/runtime";
import { z } from "zod";

/** The `storage.blobs` section: where the bytes of shards lie. */
export const BlobsSection = z
  .strictObject({
    kind: z
      .enum(["directory", "s3"])
      .default("directory")
      .describe("Where the bytes of shards lie: storage.directory, or an S3-compatible storage"),
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
      .default("miner")
      .describe("Name below which shards lie; each miner needs its own"),
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
  .superRefine((blobs, { addIssue }) => {
    const { kind, endpoint, bucket, accessKeyId, secretAccessKey, credentialsFile } = blobs;
    const need = (name: string, value: unknown) => {
      if (value !== undefined) return;
      addIssue({ code: "custom", path: [name], message: `is needed where kind is ${kind}` });
    };
    if (kind !== "s3") return;
    need("endpoint", endpoint);
    need("bucket", bucket);
    if (accessKeyId !== undefined) need("secretAccessKey", secretAccessKey);
    else need("credentialsFile", credentialsFile);
  });
export type BlobsSection = z.output<typeof BlobsSection>;
