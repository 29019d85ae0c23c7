import { XMLParser } from "fast-xml-parser";
import type { Dispatcher } from "undici";
import type { ListedBlob } from "../blob-store.ts";
import { blobError } from "../errors.ts";

// No answer of S3 is longer: a page of a listing has a thousand names of at most 1024 bytes.
const MOST_BYTES = 8 << 20;
const parser = new XMLParser({
  parseTagValue: false,
  ignoreDeclaration: true,
  removeNSPrefix: true,
  isArray: (name) => name === "Contents",
});

/** What came back; whoever sent the request reads its body, or `drop`s it. */
export type S3Response = Dispatcher.ResponseData;

type Element = Readonly<Record<string, unknown>>;

/** The body of an answer that is no blob. */
export async function readText({ body }: S3Response): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) throw strange(`it is longer than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Throws a body away, so that its connection is free again. */
export async function drop({ body }: S3Response): Promise<void> {
  await body.dump({ limit: MOST_BYTES }).catch(() => undefined);
}

/** The code of an `<Error>`; null when the text is none. */
export function errorCodeOf(text: string): string | null {
  const error = elementOf(parsed(text)["Error"]);
  return error === null ? null : textOf(error["Code"]);
}

/** The id of a begun upload. */
export function uploadIdOf(text: string): string {
  const result = elementOf(parsed(text)["InitiateMultipartUploadResult"]);
  const id = textOf(result?.["UploadId"]);
  if (id === null) throw strange("it has no UploadId");
  return id;
}

/** One page of names, and what the next page is asked with; null after the last. */
export interface ListPage {
  readonly blobs: readonly ListedBlob[];
  readonly next: string | null;
}

/** A page of `ListObjectsV2` that was asked for with `encoding-type=url`. */
export function listPageOf(text: string): ListPage {
  const result = elementOf(parsed(text)["ListBucketResult"]);
  if (result === null) throw strange("it is no listing");
  const isEncoded = textOf(result["EncodingType"]) === "url";
  const contents = Array.isArray(result["Contents"]) ? result["Contents"] : [];
  const blobs = contents.map((one: unknown) => {
    const element = elementOf(one);
    const [key, size] = [textOf(element?.["Key"]), Number(textOf(element?.["Size"]) ?? Number.NaN)];
    if (key === null || !Number.isSafeInteger(size)) throw strange("an object has no key or size");
    return { name: isEncoded ? decodeURIComponent(key.replaceAll("+", " ")) : key, size };
  });
  const isCut = textOf(result["IsTruncated"]) === "true";
  return { blobs, next: isCut ? textOf(result["NextContinuationToken"]) : null };
}

function parsed(text: string): Element {
  try {
    return elementOf(parser.parse(text)) ?? {};
  } catch {
    return {};
  }
}

function elementOf(value: unknown): Element | null {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : null;
}

const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

const strange = (reason: string) =>
  blobError("BLOB_STORE_UNREACHABLE", `the object storage gave no proper answer: ${reason}`);
