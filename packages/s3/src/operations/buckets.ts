import { s3Error } from "../errors.ts";
import { isBucketName } from "../names.ts";
import { isoTime, type Operation, ownBucket, readXmlBody, XML_HEADERS } from "../operation.ts";
import { writeXml } from "../xml/write.ts";

const MAX_CONFIGURATION_BYTES = 8192;

/** `GET /` */
export const listBuckets: Operation = async ({ services, caller }) => {
  const buckets = await services.index.buckets(caller);
  const body = writeXml("ListAllMyBucketsResult", {
    Owner: { ID: caller, DisplayName: caller },
    Buckets: {
      // An owner may have places that S3 has no names for.
      Bucket: buckets
        .filter(({ name }) => isBucketName(name))
        .map(({ name, createdMs }) => ({
          Name: name,
          CreationDate: isoTime(createdMs),
        })),
    },
  });
  return { status: 200, headers: XML_HEADERS, body };
};

/** `PUT /bucket` */
export const createBucket: Operation = async (call) => {
  const { services, bucket, caller, head } = call;
  if (!isBucketName(bucket)) throw s3Error("InvalidBucketName", undefined, { BucketName: bucket });
  // Any location is this one; the body is read for its signature.
  if (Number(head.header("content-length") ?? 0) > 0) {
    const { name } = await readXmlBody(call, MAX_CONFIGURATION_BYTES);
    if (name !== "CreateBucketConfiguration") throw s3Error("MalformedXML");
  }
  const { index, limits, now } = services;
  const made = { name: bucket, owner: caller, createdMs: now() };
  const result = await index.createBucket(made, limits.maxBucketsPerOwner);
  if (result === "too-many") throw s3Error("TooManyBuckets");
  if (result === "exists") {
    const found = await index.bucket(bucket);
    const isOwn = found?.owner === caller;
    throw s3Error(isOwn ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists", undefined, {
      BucketName: bucket,
    });
  }
  return { status: 200, headers: { location: `/${bucket}` } };
};

/** `HEAD /bucket` */
export const headBucket: Operation = async (call) => {
  await ownBucket(call);
  return { status: 200, headers: { "x-amz-bucket-region": call.services.region } };
};

/** `DELETE /bucket` */
export const deleteBucket: Operation = async (call) => {
  const { name } = await ownBucket(call);
  const result = await call.services.index.deleteBucket(name);
  if (result === "not-empty") throw s3Error("BucketNotEmpty", undefined, { BucketName: name });
  return { status: 204 };
};

/** `GET /bucket?location` */
export const getBucketLocation: Operation = async (call) => {
  await ownBucket(call);
  const { region } = call.services;
  // S3 gives its first region no name.
  const text = region === "us-east-1" ? "" : region;
  const body = writeXml("LocationConstraint", {}).replace("></", `>${text}</`);
  return { status: 200, headers: XML_HEADERS, body };
};

/** `GET /bucket?versioning`: there is none, and clients ask. */
export const getBucketVersioning: Operation = async (call) => {
  await ownBucket(call);
  return { status: 200, headers: XML_HEADERS, body: writeXml("VersioningConfiguration", {}) };
};
