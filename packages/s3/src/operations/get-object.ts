import { type Conditions, checkConditions } from "../conditions.ts";
import { s3Error } from "../errors.ts";
import { describeObject } from "../object-headers.ts";
import type { StoredObject } from "../object-index.ts";
import { type Operation, readableObject, type S3Answer, type S3Call } from "../operation.ts";
import { piecesOf, readRange } from "../range.ts";
import type { BlobRange, Vault } from "../vault.ts";

/** `GET /bucket/key` */
export const getObject: Operation = async (call) => {
  const { services, signal } = call;
  const { object, range, answer } = await openObject(call);
  if (range === null || answer.status === 304) return answer;
  const body = readObject(services.vault, object, range, signal);
  // The first bytes are there before anything is promised.
  return { ...answer, body: await begun(body), length: range.length };
};

/** `HEAD /bucket/key` */
export const headObject: Operation = async (call) => {
  const { range, answer } = await openObject(call);
  return { ...answer, length: range?.length ?? 0 };
};

/** The bytes of a stretch of an object. */
export async function* readObject(
  vault: Vault,
  { parts }: Pick<StoredObject, "parts">,
  range: BlobRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const { blob, range: within, length } of piecesOf(parts, range)) {
    let left = length;
    for await (const bytes of vault.get(blob, within, signal)) {
      left -= bytes.length;
      yield bytes;
    }
    // An answer of another length than announced must not end well.
    if (left !== 0) throw new Error(`the vault gave ${length - left} bytes of ${length} of a blob`);
  }
}

async function openObject(call: S3Call): Promise<{
  readonly object: StoredObject;
  readonly range: BlobRange | null;
  readonly answer: S3Answer;
}> {
  const { head, bucket, key } = call;
  const object = await readableObject(call, bucket, key);
  if (
    checkConditions(
      readConditions((name) => head.header(name)),
      object,
    ) === "unmodified"
  ) {
    const { etag, "last-modified": modified } = describeObject(object, call, false);
    const headers = { ...(etag && { etag }), ...(modified && { "last-modified": modified }) };
    return { object, range: null, answer: { status: 304, headers } };
  }
  const asked =
    partOf(head.query.get("partNumber"), object) ?? readRange(rangeOf(call, object), object.size);
  const range = asked ?? { offset: 0, length: object.size };
  const headers = describeObject(object, call, asked === null);
  if (asked === null) return { object, range, answer: { status: 200, headers } };
  const last = range.offset + range.length - 1;
  headers["content-range"] = `bytes ${range.offset}-${last}/${object.size}`;
  if (head.query.has("partNumber")) headers["x-amz-mp-parts-count"] = String(object.parts.length);
  return { object, range, answer: { status: 206, headers } };
}

/** If-Range: the range counts only for the object that the client has a part of. */
function rangeOf({ head }: S3Call, { etag, modifiedMs }: StoredObject): string | undefined {
  const condition = head.header("if-range");
  if (condition === undefined) return head.header("range");
  const at = Math.floor(modifiedMs / 1000) * 1000;
  const isSame = condition === `"${etag}"` || Date.parse(condition) === at;
  return isSame ? head.header("range") : undefined;
}

function partOf(text: string | undefined, { parts }: StoredObject): BlobRange | null {
  if (text === undefined) return null;
  const at = /^\d{1,5}$/.test(text) ? Number(text) - 1 : -1;
  const part = parts[at];
  if (at === 0 && part === undefined) return null;
  if (part === undefined) throw s3Error("InvalidRange", "the object has no such part");
  const offset = parts.slice(0, at).reduce((sum, { size }) => sum + size, 0);
  return { offset, length: part.size };
}

/** Conditions of a read, or with another prefix those of the source of a copy. */
export function readConditions(
  header: (name: string) => string | undefined,
  prefix = "",
): Conditions {
  return {
    ifMatch: header(`${prefix}if-match`),
    ifNoneMatch: header(`${prefix}if-none-match`),
    ifModifiedSince: header(`${prefix}if-modified-since`),
    ifUnmodifiedSince: header(`${prefix}if-unmodified-since`),
  };
}

/** Waits for the first bytes of a stream, so that a failure is still an answer. */
async function begun(stream: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const first = await stream.next();
  return (async function* () {
    try {
      if (first.done) return;
      yield first.value;
      yield* stream;
    } finally {
      // Whoever leaves early closes what is open below.
      await stream.return(undefined);
    }
  })();
}
