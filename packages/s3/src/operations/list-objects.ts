import { awsEncodePath } from "../encode.ts";
import { s3Error } from "../errors.ts";
import { type Listing, listObjects } from "../listing.ts";
import type { ListStart } from "../object-index.ts";
import { isoTime, type Operation, ownBucket, type S3Call, XML_HEADERS } from "../operation.ts";
import { writeXml, type XmlNode } from "../xml/write.ts";

const MAX_KEYS = 1000;

/** `GET /bucket?list-type=2` */
export const listObjectsV2: Operation = async (call) => {
  await ownBucket(call);
  const { query } = call.head;
  const asked = readQuery(call);
  const token = query.get("continuation-token");
  const after = query.get("start-after") ?? "";
  const begin: ListStart | null = after === "" ? null : { after };
  const start = token === undefined ? begin : decodeToken(token);
  const listing = await listObjects(call.services.index, { ...asked, start });
  const withOwner = query.get("fetch-owner") === "true";
  const body = writeXml("ListBucketResult", {
    ...beginning(call, asked),
    StartAfter: after === "" ? undefined : asked.encode(after),
    KeyCount: listing.objects.length + listing.prefixes.length,
    ContinuationToken: token,
    NextContinuationToken: listing.next === null ? undefined : encodeToken(listing.next),
    ...contents(listing, asked.encode, withOwner),
  });
  return { status: 200, headers: XML_HEADERS, body };
};

/** `GET /bucket` */
export const listObjectsV1: Operation = async (call) => {
  await ownBucket(call);
  const asked = readQuery(call);
  const marker = call.head.query.get("marker") ?? "";
  // A marker that is a common prefix stands for all below it.
  const { delimiter, encode } = asked;
  const isGroup = delimiter !== "" && marker.endsWith(delimiter);
  const start: ListStart | null =
    marker === "" ? null : isGroup ? { past: marker } : { after: marker };
  const listing = await listObjects(call.services.index, { ...asked, start });
  const { next } = listing;
  const body = writeXml("ListBucketResult", {
    ...beginning(call, asked),
    Marker: encode(marker),
    NextMarker: next === null ? undefined : encode("after" in next ? next.after : next.past),
    ...contents(listing, encode, true),
  });
  return { status: 200, headers: XML_HEADERS, body };
};

interface Asked {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly encode: (key: string) => string;
}

function readQuery({ bucket, head: { query } }: S3Call): Asked {
  return {
    bucket,
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    limit: readMax(query.get("max-keys"), "max-keys"),
    encode: readEncoding(query.get("encoding-type")),
  };
}

/** How many a page may have. @throws CodedError InvalidArgument */
export function readMax(text: string | undefined, name: string): number {
  if (text === undefined || text === "") return MAX_KEYS;
  if (!/^\d{1,10}$/.test(text)) throw s3Error("InvalidArgument", `${name} is not a number`);
  return Math.min(Number(text), MAX_KEYS);
}

/** How keys are written. @throws CodedError InvalidArgument */
export function readEncoding(text: string | undefined): (key: string) => string {
  if (text === undefined || text === "") return (key) => key;
  if (text === "url") return awsEncodePath;
  throw s3Error("InvalidArgument", "encoding-type is not url");
}

function beginning({ head }: S3Call, { bucket, prefix, delimiter, limit, encode }: Asked): XmlNode {
  return {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: head.query.get("encoding-type") === "url" ? "url" : undefined,
  };
}

function contents(
  { objects, prefixes, next }: Listing,
  encode: Asked["encode"],
  withOwner: boolean,
): XmlNode {
  return {
    IsTruncated: next !== null,
    Contents: objects.map(({ key, modifiedMs, etag, size, owner }) => ({
      Key: encode(key),
      LastModified: isoTime(modifiedMs),
      ETag: `"${etag}"`,
      Size: size,
      StorageClass: "STANDARD",
      Owner: withOwner ? { ID: owner, DisplayName: owner } : undefined,
    })),
    CommonPrefixes: prefixes.map((one) => ({ Prefix: encode(one) })),
  };
}

/** Opaque to clients. */
function encodeToken(start: ListStart): string {
  const text = "after" in start ? `a${start.after}` : `p${start.past}`;
  return Buffer.from(text).toString("base64url");
}

function decodeToken(token: string): ListStart {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (text.startsWith("a")) return { after: text.slice(1) };
  if (text.startsWith("p")) return { past: text.slice(1) };
  throw s3Error("InvalidArgument", "the continuation token is not one of ours");
}
