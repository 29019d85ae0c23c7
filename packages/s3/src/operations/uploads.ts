import { algorithmOf, checksumHeader } from "../body/checksum.ts";
import { s3Error } from "../errors.ts";
import { readObjectHeaders } from "../object-headers.ts";
import type { Checksum, Upload } from "../object-index.ts";
import { isoTime, type Operation, ownBucket, type S3Call, XML_HEADERS } from "../operation.ts";
import { writeXml } from "../xml/write.ts";
import { readEncoding, readMax } from "./list-objects.ts";

/** `POST /bucket/key?uploads` */
export const createUpload: Operation = async (call) => {
  const { services, bucket, key } = call;
  const headers = readObjectHeaders(call);
  const { algorithm, checksumType } = checksumOf(call);
  const { owner } = await ownBucket(call);
  const uploadId = services.newUploadId();
  const initiatedMs = services.now();
  const upload = { uploadId, bucket, key, owner, initiatedMs, headers, algorithm, checksumType };
  const result = await services.index.createUpload(upload);
  if (result === "no-bucket") throw s3Error("NoSuchBucket", undefined, { BucketName: bucket });
  const body = writeXml("InitiateMultipartUploadResult", {
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
  });
  const said =
    algorithm === null
      ? {}
      : {
          "x-amz-checksum-algorithm": algorithm,
          "x-amz-checksum-type": checksumType,
        };
  return { status: 200, headers: { ...XML_HEADERS, ...said }, body };
};

function checksumOf(call: S3Call): {
  readonly algorithm: Checksum["algorithm"] | null;
  readonly checksumType: Checksum["type"];
} {
  const named = call.option("x-amz-checksum-algorithm");
  const algorithm = algorithmOf(named) ?? null;
  if (named !== undefined && algorithm === null) {
    throw s3Error("InvalidArgument", "x-amz-checksum-algorithm is not one of S3");
  }
  const fallback = algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const type = call.option("x-amz-checksum-type")?.toUpperCase() ?? fallback;
  const isCrc = algorithm?.startsWith("CRC") ?? false;
  if (type === "FULL_OBJECT" && isCrc) return { algorithm, checksumType: type };
  if (type === "COMPOSITE" && algorithm !== "CRC64NVME") return { algorithm, checksumType: type };
  throw s3Error("InvalidRequest", `${algorithm} has no checksum of type ${type}`);
}

/** The upload that a call names, if it is one of this key and of this caller. @throws CodedError NoSuchUpload */
export async function ownUpload(call: S3Call): Promise<Upload> {
  await ownBucket(call);
  const uploadId = call.head.query.get("uploadId") ?? "";
  const upload = await call.services.index.upload(uploadId);
  if (upload?.bucket === call.bucket && upload.key === call.key) return upload;
  throw s3Error("NoSuchUpload", undefined, { UploadId: uploadId });
}

/** `DELETE /bucket/key?uploadId` */
export const abortUpload: Operation = async (call) => {
  const { uploadId } = await ownUpload(call);
  await call.services.index.abortUpload(uploadId);
  return { status: 204 };
};

/** `GET /bucket/key?uploadId` */
export const listParts: Operation = async (call) => {
  const upload = await ownUpload(call);
  const { query } = call.head;
  const limit = Math.max(1, readMax(query.get("max-parts"), "max-parts"));
  const marker = query.get("part-number-marker") ?? "0";
  if (!/^\d{1,5}$/.test(marker)) throw s3Error("InvalidArgument", "part-number-marker");
  const found = await call.services.index.parts(upload.uploadId, Number(marker), limit + 1);
  const parts = found.slice(0, limit);
  const owner = { ID: upload.owner, DisplayName: upload.owner };
  const body = writeXml("ListPartsResult", {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.uploadId,
    Initiator: owner,
    Owner: owner,
    StorageClass: "STANDARD",
    PartNumberMarker: Number(marker),
    NextPartNumberMarker: parts.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: found.length > parts.length,
    Part: parts.map(({ number, modifiedMs, etag, size, checksum }) => ({
      PartNumber: number,
      LastModified: isoTime(modifiedMs),
      ETag: `"${etag}"`,
      Size: size,
      ...(checksum && { [xmlName(checksum.algorithm)]: checksum.value }),
    })),
  });
  return { status: 200, headers: XML_HEADERS, body };
};

/** The element that carries a checksum. */
export const xmlName = (algorithm: Checksum["algorithm"]): string => `Checksum${algorithm}`;

/** `GET /bucket?uploads` */
export const listUploads: Operation = async (call) => {
  await ownBucket(call);
  const { services, bucket, head } = call;
  const { query } = head;
  const limit = Math.max(1, readMax(query.get("max-uploads"), "max-uploads"));
  const encode = readEncoding(query.get("encoding-type"));
  const prefix = query.get("prefix") ?? "";
  if ((query.get("delimiter") ?? "") !== "") {
    throw s3Error("NotImplemented", "uploads are listed without a delimiter");
  }
  const keyMarker = query.get("key-marker") ?? "";
  const idMarker = query.get("upload-id-marker") ?? "";
  const after =
    keyMarker === "" ? null : { key: keyMarker, uploadId: idMarker === "" ? null : idMarker };
  const found = await services.index.uploads(bucket, { prefix, after, limit: limit + 1 });
  const uploads = found.slice(0, limit);
  const isTruncated = found.length > uploads.length;
  const last = isTruncated ? uploads.at(-1) : undefined;
  const body = writeXml("ListMultipartUploadsResult", {
    Bucket: bucket,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last && encode(last.key),
    NextUploadIdMarker: last?.uploadId,
    Prefix: encode(prefix),
    MaxUploads: limit,
    EncodingType: query.get("encoding-type") === "url" ? "url" : undefined,
    IsTruncated: isTruncated,
    Upload: uploads.map(({ key, uploadId, owner, initiatedMs }) => ({
      Key: encode(key),
      UploadId: uploadId,
      Initiator: { ID: owner, DisplayName: owner },
      Owner: { ID: owner, DisplayName: owner },
      StorageClass: "STANDARD",
      Initiated: isoTime(initiatedMs),
    })),
  });
  return { status: 200, headers: XML_HEADERS, body };
};

/** The header of a checksum, for answers about parts. */
export const partChecksum = (checksum: Checksum | null): Record<string, string> =>
  checksum === null ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value };
