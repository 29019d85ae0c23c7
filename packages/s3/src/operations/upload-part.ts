import { createHash } from "node:crypto";
import { s3Error } from "../errors.ts";
import type { UploadPart } from "../object-index.ts";
import { isoTime, type Operation, type S3Call, XML_HEADERS } from "../operation.ts";
import { readRange } from "../range.ts";
import { storeBlob } from "../store-blob.ts";
import { writeXml } from "../xml/write.ts";
import { copySource } from "./copy-object.ts";
import { readObject } from "./get-object.ts";
import { ownUpload, partChecksum } from "./uploads.ts";

/** S3's: no upload has more parts. */
export const MAX_PARTS = 10_000;

/** `PUT /bucket/key?partNumber&uploadId` */
export const uploadPart: Operation = async (call) => {
  const number = partNumber(call);
  const { uploadId, algorithm } = await ownUpload(call);
  const { limits, now } = call.services;
  const payload = call.payload({ maxBytes: limits.maxPartBytes, algorithm });
  const { md5, checksum, blob } = await storeBlob(call, payload);
  await keepPart(call, uploadId, {
    number,
    size: payload.size,
    etag: md5,
    checksum,
    modifiedMs: now(),
    blob,
  });
  return { status: 200, headers: { etag: `"${md5}"`, ...partChecksum(checksum) } };
};

/** `PUT /bucket/key?partNumber&uploadId` with `x-amz-copy-source`: bytes of another object. */
export const uploadPartCopy: Operation = async (call) => {
  const number = partNumber(call);
  const { uploadId } = await ownUpload(call);
  const { services, bucket, key, signal } = call;
  const source = await copySource(call);
  const text = call.option("x-amz-copy-source-range");
  const asked = readRange(text, source.size);
  if (text !== undefined && asked === null)
    throw s3Error("InvalidArgument", "x-amz-copy-source-range");
  const range = asked ?? { offset: 0, length: source.size };
  if (range.length > services.limits.maxPartBytes) throw s3Error("EntityTooLarge");
  const md5 = createHash("md5");
  const { length: size } = range;
  async function* bytes() {
    for await (const chunk of readObject(services.vault, source, range, signal)) {
      md5.update(chunk);
      yield chunk;
    }
  }
  const options = { size, name: `${bucket}/${key}`, signal };
  const blob = size === 0 ? null : (await services.vault.put(bytes(), options)).id;
  const etag = md5.digest("hex");
  const modifiedMs = services.now();
  await keepPart(call, uploadId, { number, size, etag, checksum: null, modifiedMs, blob });
  const body = writeXml("CopyPartResult", { LastModified: isoTime(modifiedMs), ETag: `"${etag}"` });
  return { status: 200, headers: XML_HEADERS, body };
};

async function keepPart({ services }: S3Call, uploadId: string, part: UploadPart): Promise<void> {
  if (await services.index.putPart(uploadId, part)) return;
  // Completed or aborted while the part was on its way.
  if (part.blob !== null) await services.index.discard([part.blob]);
  throw s3Error("NoSuchUpload", undefined, { UploadId: uploadId });
}

function partNumber({ head }: S3Call): number {
  const text = head.query.get("partNumber") ?? "";
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MAX_PARTS) return number;
  throw s3Error("InvalidArgument", `the part number is not one of 1 to ${MAX_PARTS}`);
}
