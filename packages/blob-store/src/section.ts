import { secret } from "@neurond/runtime";
import { z } from "zod";
import type { BlobStore } from "./blob-store.ts";
import { type CredentialsSource, fileCredentials } from "./s3/credentials.ts";
import { s3Blobs } from "./s3/s3-blobs.ts";

/** Settings of an S3-compatible storage, for a section whose `kind` may be s3; see `needS3`. */
export const s3Fields = (defaults: { readonly prefix: string; readonly text: string }) => ({
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
    .default(defaults.prefix)
    .describe(defaults.text),
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
});

type S3Settings = z.output<z.ZodObject<ReturnType<typeof s3Fields>>>;

/** Names each setting that is needed where `kind` is s3 and is not there. */
export function needS3(settings: S3Settings, need: (name: string, value: unknown) => void): void {
  const { endpoint, bucket, accessKeyId, secretAccessKey, credentialsFile } = settings;
  need("endpoint", endpoint);
  need("bucket", bucket);
  if (accessKeyId !== undefined) need("secretAccessKey", secretAccessKey);
  else need("credentialsFile", credentialsFile);
}

/** Opens the storage of checked settings; its `prefix` is the caller's to apply. */
export function openS3({
  endpoint = "",
  bucket = "",
  region,
  pathStyle,
  ...keys
}: S3Settings): BlobStore & AsyncDisposable {
  const credentials = credentialsOf(keys);
  return s3Blobs({ endpoint, bucket, region, pathStyle, credentials });
}

function credentialsOf({
  accessKeyId,
  secretAccessKey,
  credentialsFile = "",
  profile,
}: Omit<S3Settings, "endpoint" | "bucket" | "region" | "pathStyle">): CredentialsSource {
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return fileCredentials(credentialsFile, profile);
  }
  const keys = {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
  };
  return () => keys;
}
