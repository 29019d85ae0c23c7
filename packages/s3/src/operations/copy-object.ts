import { checkConditions } from "../conditions.ts";
import { decodePercent } from "../encode.ts";
import { s3Error } from "../errors.ts";
import { checkKey } from "../names.ts";
import { readObjectHeaders } from "../object-headers.ts";
import type { StoredObject } from "../object-index.ts";
import {
  isoTime,
  type Operation,
  ownBucket,
  readableObject,
  type S3Call,
  XML_HEADERS,
} from "../operation.ts";
import { putCondition, settlePut } from "../store-blob.ts";
import { writeXml } from "../xml/write.ts";
import { readConditions } from "./get-object.ts";

/** `PUT /bucket/key` with `x-amz-copy-source`: the blobs get another name, nothing is read or written. */
export const copyObject: Operation = async (call) => {
  const { services, bucket, key } = call;
  const condition = putCondition(call);
  const { owner } = await ownBucket(call);
  const source = await copySource(call);
  const directive = call.option("x-amz-metadata-directive") ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE") {
    throw s3Error("InvalidArgument", "x-amz-metadata-directive is neither COPY nor REPLACE");
  }
  if (directive === "COPY" && source.bucket === bucket && source.key === key) {
    const message = "an object can be copied to itself only with other metadata";
    throw s3Error("InvalidRequest", message);
  }
  const headers = directive === "COPY" ? source.headers : readObjectHeaders(call);
  const { size, etag, checksum, parts } = source;
  const modifiedMs = services.now();
  const object = { owner, size, etag, checksum, parts, headers, modifiedMs };
  const result = await services.index.copyObject(bucket, key, object, condition);
  await settlePut(call, result, []);
  const body = writeXml("CopyObjectResult", {
    LastModified: isoTime(modifiedMs),
    ETag: `"${etag}"`,
  });
  return { status: 200, headers: XML_HEADERS, body };
};

/** The object that a copy is made of, if its conditions hold. @throws CodedError of S3 */
export async function copySource(call: S3Call): Promise<StoredObject> {
  const text = call.option("x-amz-copy-source") ?? "";
  const [path = "", version] = text.split("?versionId=");
  if (version !== undefined && version !== "null") throw s3Error("NoSuchVersion");
  const plain = decodePercent(path).replace(/^\//, "");
  const slash = plain.indexOf("/");
  if (slash < 1 || slash === plain.length - 1) {
    throw s3Error("InvalidArgument", "x-amz-copy-source is not bucket/key");
  }
  const [bucket, key] = [plain.slice(0, slash), plain.slice(slash + 1)];
  checkKey(key);
  const source = await readableObject(call, bucket, key);
  const conditions = readConditions((name) => call.option(name), "x-amz-copy-source-");
  if (checkConditions(conditions, source) === "go") return source;
  throw s3Error("PreconditionFailed");
}
