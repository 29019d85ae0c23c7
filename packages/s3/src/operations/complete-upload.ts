import { createHash } from "node:crypto";
import { expectedChecksum, runningChecksum } from "../body/checksum.ts";
import { combineCrc } from "../body/crc.ts";
import { bareEtag } from "../conditions.ts";
import { s3Error } from "../errors.ts";
import type { Checksum, Upload, UploadPart } from "../object-index.ts";
import {
  type Operation,
  ownBucket,
  readXmlBody,
  type S3Answer,
  type S3Call,
  XML_HEADERS,
} from "../operation.ts";
import { putCondition, settlePut } from "../store-blob.ts";
import { childText, type XmlElement } from "../xml/read.ts";
import { writeXml } from "../xml/write.ts";
import { MAX_PARTS } from "./upload-part.ts";
import { xmlName } from "./uploads.ts";

/** 10,000 parts with their checksums. */
const MAX_BYTES = 4_194_304;
const ATTEMPTS = 5;

/** `POST /bucket/key?uploadId`: the parts become an object; nothing is read or written but the index. */
export const completeUpload: Operation = async (call) => {
  const { services, bucket, key, head } = call;
  const condition = putCondition(call);
  const { owner } = await ownBucket(call);
  const named = readNamed(await readXmlBody(call, MAX_BYTES));
  const uploadId = head.query.get("uploadId") ?? "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const upload = await services.index.upload(uploadId);
    if (upload === null) return completedBefore(call, uploadId);
    if (upload.bucket !== bucket || upload.key !== key) break;
    const stored = new Map(
      (await services.index.parts(uploadId, 0, MAX_PARTS)).map((part) => [part.number, part]),
    );
    const parts = named.map((one) => checkPart(one, stored));
    checkSizes(parts, services.limits.minPartBytes);
    const checksum = checksumOf(call, upload, parts);
    const etag = `${md5OfMd5s(parts)}-${parts.length}`;
    const object = {
      owner,
      size: parts.reduce((sum, { size }) => sum + size, 0),
      etag,
      modifiedMs: services.now(),
      headers: upload.headers,
      checksum,
      parts: parts.flatMap(({ blob, size }) => (blob === null ? [] : [{ blob, size }])),
    };
    const numbers = parts.map(({ number }) => number);
    const result = await services.index.completeUpload(uploadId, numbers, object, condition);
    if (result === "changed" || result === "no-upload") continue;
    await settlePut(call, result, []);
    return answer(call, etag, checksum);
  }
  throw s3Error("NoSuchUpload", undefined, { UploadId: uploadId });
};

/** A client that lost our answer asks again: what the upload became is the answer still. */
async function completedBefore(call: S3Call, uploadId: string): Promise<S3Answer> {
  const object = await call.services.index.completed(uploadId);
  if (object?.bucket === call.bucket && object.key === call.key) {
    return answer(call, object.etag, object.checksum);
  }
  throw s3Error("NoSuchUpload", undefined, { UploadId: uploadId });
}

function answer({ bucket, key }: S3Call, etag: string, checksum: Checksum | null): S3Answer {
  const body = writeXml("CompleteMultipartUploadResult", {
    Location: `/${bucket}/${encodeURI(key.toWellFormed())}`,
    Bucket: bucket,
    Key: key,
    ETag: `"${etag}"`,
    ...(checksum && {
      [xmlName(checksum.algorithm)]: checksum.value,
      ChecksumType: checksum.type,
    }),
  });
  return { status: 200, headers: XML_HEADERS, body };
}

interface Named {
  readonly number: number;
  readonly etag: string;
  readonly element: XmlElement;
}

function readNamed(root: XmlElement): readonly Named[] {
  const elements = root.children.filter(({ name }) => name === "Part");
  if (root.name !== "CompleteMultipartUpload" || elements.length === 0)
    throw s3Error("MalformedXML");
  if (elements.length > MAX_PARTS) throw s3Error("MalformedXML");
  let last = 0;
  return elements.map((element) => {
    const text = childText(element, "PartNumber")?.trim() ?? "";
    const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    const etag = bareEtag(childText(element, "ETag")?.trim() ?? "");
    if (number < 1 || etag === "") throw s3Error("MalformedXML");
    if (number <= last) throw s3Error("InvalidPartOrder");
    last = number;
    return { number, etag, element };
  });
}

function checkPart(
  { number, etag, element }: Named,
  stored: ReadonlyMap<number, UploadPart>,
): UploadPart {
  const part = stored.get(number);
  const said = part?.checksum && childText(element, xmlName(part.checksum.algorithm));
  const isSame = part?.etag === etag && (!said || said.trim() === part.checksum?.value);
  if (part && isSame) return part;
  throw s3Error("InvalidPart", undefined, { PartNumber: String(number), ETag: etag });
}

function checkSizes(parts: readonly UploadPart[], minBytes: number): void {
  const small = parts.slice(0, -1).find(({ size }) => size < minBytes);
  if (small === undefined) return;
  throw s3Error("EntityTooSmall", undefined, {
    ProposedSize: String(small.size),
    MinSizeAllowed: String(minBytes),
    PartNumber: String(small.number),
    ETag: small.etag,
  });
}

const md5OfMd5s = (parts: readonly UploadPart[]) => {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(Buffer.from(etag, "hex"));
  return hash.digest("hex");
};

/** The checksum of the whole from those of the parts; null unless all have one of the upload's algorithm. */
function checksumOf(call: S3Call, upload: Upload, parts: readonly UploadPart[]): Checksum | null {
  const { algorithm, checksumType: type } = upload;
  const sums = parts.flatMap(({ checksum, size }) =>
    checksum !== null && checksum.algorithm === algorithm
      ? [{ bytes: Buffer.from(checksum.value, "base64"), size }]
      : [],
  );
  const isWhole = algorithm !== null && sums.length === parts.length;
  const ours = isWhole ? { algorithm, type, value: combine(algorithm, type, sums) } : null;
  const said = expectedChecksum(withoutLength(call), []);
  if (said === null) return ours;
  // A checksum of checksums is sent without the number of parts, or with it.
  const theirs = said.value?.replace(/-\d+$/, "");
  if (ours?.algorithm === said.algorithm && ours.value.replace(/-\d+$/, "") === theirs) return ours;
  throw s3Error("BadDigest", "the parts do not have the checksum that was sent");
}

function combine(
  algorithm: Checksum["algorithm"],
  type: Checksum["type"],
  sums: readonly { readonly bytes: Buffer; readonly size: number }[],
): string {
  if (type === "FULL_OBJECT" && algorithm !== "SHA1" && algorithm !== "SHA256") {
    const [first, ...more] = sums;
    const whole = more.reduce(
      (sum, { bytes, size }) => combineCrc(algorithm, sum, bytes, size),
      first?.bytes ?? Buffer.alloc(0),
    );
    return whole.toString("base64");
  }
  const running = runningChecksum(algorithm);
  for (const { bytes } of sums) running.update(bytes);
  return `${running.digest().toString("base64")}-${sums.length}`;
}

/** The head as far as checksums go, with `-n` taken off composite ones. */
function withoutLength({ head }: S3Call): S3Call["head"] {
  return { ...head, header: (name) => head.header(name)?.replace(/-\d+$/, "") };
}
