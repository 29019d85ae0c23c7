import type { Payload, PayloadRules } from "./body/payload.ts";
import { s3Error } from "./errors.ts";
import type { S3Head } from "./head.ts";
import type { Bucket, ObjectIndex, StoredObject } from "./object-index.ts";
import type { Vault } from "./vault.ts";
import { readXml, type XmlElement } from "./xml/read.ts";

/** What a gateway allows; sizes in bytes. */
export interface S3Limits {
  /** Of one PutObject. */
  readonly maxObjectBytes: number;
  readonly maxPartBytes: number;
  /** Parts before the last are at least this long. */
  readonly minPartBytes: number;
  readonly maxBucketsPerOwner: number;
}

/** What every operation works with. */
export interface S3Services {
  readonly index: ObjectIndex;
  readonly vault: Vault;
  /** Whether somebody who does not own an object may read it. */
  readonly mayRead: (object: StoredObject, reader: string) => Promise<boolean>;
  readonly limits: S3Limits;
  /** What the gateway calls its place; signatures for any region are accepted. */
  readonly region: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** 128 unguessable bits or more, as text. */
  readonly newUploadId: () => string;
}

/** A proven request, on its way through an operation. */
export interface S3Call {
  readonly head: S3Head;
  readonly bucket: string;
  readonly key: string;
  /** Who signed. */
  readonly caller: string;
  readonly services: S3Services;
  readonly signal: AbortSignal;
  /** A header; of presigned requests also what stands for it in the query. */
  option(name: string): string | undefined;
  /** The body; may be opened once. */
  payload(rules: PayloadRules): Payload;
}

/** The answer of an operation. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Of a body that comes in pieces. */
  readonly length?: number;
}

/** One operation of S3. */
export type Operation = (call: S3Call) => Promise<S3Answer>;

export const XML_HEADERS = { "content-type": "application/xml" } as const;

/** The bucket of a call, which must be the caller's. @throws CodedError NoSuchBucket, AccessDenied */
export async function ownBucket({ services, bucket, caller }: S3Call): Promise<Bucket> {
  const found = await services.index.bucket(bucket);
  if (found === null) throw s3Error("NoSuchBucket", undefined, { BucketName: bucket });
  if (found.owner !== caller) throw s3Error("AccessDenied");
  return found;
}

/**
 * An object that the caller may read. Who may not list a bucket does not learn what is missing in it.
 * @throws CodedError NoSuchBucket, NoSuchKey, AccessDenied
 */
export async function readableObject(
  { services, caller }: S3Call,
  bucket: string,
  key: string,
): Promise<StoredObject> {
  const [found, object] = await Promise.all([
    services.index.bucket(bucket),
    services.index.object(bucket, key),
  ]);
  if (found === null) throw s3Error("NoSuchBucket", undefined, { BucketName: bucket });
  if (found.owner !== caller) {
    if (object !== null && (await services.mayRead(object, caller))) return object;
    throw s3Error("AccessDenied");
  }
  if (object === null) throw s3Error("NoSuchKey", undefined, { Key: key });
  return object;
}

/** A small XML body, read whole. @throws CodedError MalformedXML and those of the payload */
export async function readXmlBody(call: S3Call, maxBytes: number): Promise<XmlElement> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of call.payload({ maxBytes }).read()) pieces.push(bytes);
  if (pieces.length === 0) throw s3Error("MissingRequestBodyError");
  return readXml(Buffer.concat(pieces).toString("utf8"));
}

/** A time as XML documents of S3 have it. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
