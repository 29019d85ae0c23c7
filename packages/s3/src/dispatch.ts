import { s3Error } from "./errors.ts";
import type { S3Head } from "./head.ts";
import type { Operation } from "./operation.ts";
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from "./operations/buckets.ts";
import { completeUpload } from "./operations/complete-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { deleteObject, deleteObjects, getObjectTagging } from "./operations/delete-objects.ts";
import { getObject, headObject } from "./operations/get-object.ts";
import { listObjectsV1, listObjectsV2 } from "./operations/list-objects.ts";
import { putObject } from "./operations/put-object.ts";
import { uploadPart, uploadPartCopy } from "./operations/upload-part.ts";
import { abortUpload, createUpload, listParts, listUploads } from "./operations/uploads.ts";

/** An operation and its name, as metrics and logs have it. */
export interface Route {
  readonly name: string;
  readonly operation: Operation;
  /** Whether the body of the request is the operation's; otherwise there must be none. */
  readonly hasBody?: true;
}

/** Query parameters that ask for another resource than the bucket or object itself. */
const SUBRESOURCES = new Set(
  `accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold
  lifecycle location logging metadataTable metrics notification object-lock ownershipControls policy
  policyStatus publicAccessBlock replication requestPayment restore retention select session tagging
  torrent uploadId uploads versioning versions website`.split(/\s+/),
);

/** By method, level and subresource. */
const ROUTES: Readonly<Record<string, Route>> = {
  "GET service": { name: "ListBuckets", operation: listBuckets },
  "PUT bucket": { name: "CreateBucket", operation: createBucket, hasBody: true },
  "HEAD bucket": { name: "HeadBucket", operation: headBucket },
  "DELETE bucket": { name: "DeleteBucket", operation: deleteBucket },
  "GET bucket": { name: "ListObjects", operation: listObjectsV1 },
  "GET bucket list-type": { name: "ListObjectsV2", operation: listObjectsV2 },
  "GET bucket location": { name: "GetBucketLocation", operation: getBucketLocation },
  "GET bucket versioning": { name: "GetBucketVersioning", operation: getBucketVersioning },
  "GET bucket uploads": { name: "ListMultipartUploads", operation: listUploads },
  "POST bucket delete": { name: "DeleteObjects", operation: deleteObjects, hasBody: true },
  "GET object": { name: "GetObject", operation: getObject },
  "HEAD object": { name: "HeadObject", operation: headObject },
  "PUT object": { name: "PutObject", operation: putObject, hasBody: true },
  "PUT object copy": { name: "CopyObject", operation: copyObject },
  "DELETE object": { name: "DeleteObject", operation: deleteObject },
  "GET object tagging": { name: "GetObjectTagging", operation: getObjectTagging },
  "POST object uploads": { name: "CreateMultipartUpload", operation: createUpload },
  "PUT object uploadId": { name: "UploadPart", operation: uploadPart, hasBody: true },
  "PUT object uploadId copy": { name: "UploadPartCopy", operation: uploadPartCopy },
  "GET object uploadId": { name: "ListParts", operation: listParts },
  "POST object uploadId": {
    name: "CompleteMultipartUpload",
    operation: completeUpload,
    hasBody: true,
  },
  "DELETE object uploadId": { name: "AbortMultipartUpload", operation: abortUpload },
};

const METHODS = new Set(["GET", "HEAD", "PUT", "POST", "DELETE"]);

/** Which operation a request asks for. @throws CodedError NotImplemented, MethodNotAllowed */
export function routeOf({ method, target, query }: S3Head, isCopy: boolean): Route {
  if (!METHODS.has(method)) throw s3Error("MethodNotAllowed");
  const level = target.bucket === null ? "service" : target.key === null ? "bucket" : "object";
  const asked = [...query.keys()].filter((name) => SUBRESOURCES.has(name));
  if (asked.length > 1) throw s3Error("NotImplemented");
  const isV2 = method === "GET" && level === "bucket" && query.get("list-type") === "2";
  const words = [method, level, ...asked, ...(isV2 && asked.length === 0 ? ["list-type"] : [])];
  if (isCopy && method === "PUT") words.push("copy");
  const route = ROUTES[words.join(" ")];
  if (route === undefined) throw s3Error("NotImplemented");
  const version = query.get("versionId") ?? "null";
  if (version !== "null" && version !== "") throw s3Error("NoSuchVersion");
  return route;
}
