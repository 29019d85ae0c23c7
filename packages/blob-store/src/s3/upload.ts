import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import type { BlobSource } from "../blob-store.ts";
import { blobError } from "../errors.ts";
import { drop, errorCodeOf, readText, uploadIdOf } from "./answers.ts";
import { MOST_PARTS } from "./options.ts";
import type { S3Requests } from "./requests.ts";

/** Where the SHA-256 of a whole blob is kept with it. */
export const DIGEST_HEADER = "x-amz-meta-sha256";
/** By which an upload is known again after its end. */
const UPLOAD_HEADER = "x-amz-meta-upload";
/** Time for clearing away after a failure, whoever was waiting. */
const ABORT_MS = 10_000;

/** Stores a blob: at once when it is one part, else part by part. A name never shows half a blob. */
export async function upload(
  requests: S3Requests,
  key: string,
  source: BlobSource,
  partBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const bytes = typeof source === "string" ? createReadStream(source) : source;
  const parts = partsOf(bytes, partBytes);
  const first = await parts.next();
  const only = first.done === true ? new Uint8Array(0) : first.value;
  if (only.length < partBytes) return await putWhole(requests, key, only, signal);
  // A file is read once more for its digest, which has to be told before the first part.
  const digest = typeof source === "string" ? await digestOf(source) : null;
  const mark = randomUUID();
  const headers = { [UPLOAD_HEADER]: mark, ...(digest !== null && { [DIGEST_HEADER]: digest }) };
  const begun = await requests.send(
    { method: "POST", key, query: { uploads: "" }, headers },
    signal,
  );
  const uploadId = uploadIdOf(await readText(begun));
  try {
    await sendParts(requests, { key, uploadId, mark, first: only }, parts, signal);
  } catch (error) {
    const limit = AbortSignal.timeout(ABORT_MS);
    // What is left is cleared by the bucket's rule for unfinished uploads.
    await requests
      .send({ method: "DELETE", key, query: { uploadId }, accepts: [404] }, limit)
      .then(drop, () => undefined);
    throw error;
  }
}

async function putWhole(
  requests: S3Requests,
  key: string,
  body: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const headers = { [DIGEST_HEADER]: createHash("sha256").update(body).digest("hex") };
  await drop(await requests.send({ method: "PUT", key, headers, body }, signal));
}

interface Begun {
  readonly key: string;
  readonly uploadId: string;
  readonly mark: string;
  readonly first: Uint8Array;
}

async function sendParts(
  requests: S3Requests,
  { first, ...upload }: Begun,
  rest: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const { key, uploadId } = upload;
  const etags: string[] = [];
  const send = async (body: Uint8Array) => {
    if (etags.length === MOST_PARTS)
      throw blobError("BLOB_TOO_LARGE", `${key} has more than ${MOST_PARTS} parts`);
    const query = { partNumber: String(etags.length + 1), uploadId };
    const response = await requests.send({ method: "PUT", key, query, body }, signal);
    await drop(response);
    etags.push(String(response.headers["etag"] ?? ""));
  };
  await send(first);
  for await (const part of rest) await send(part);
  await complete(requests, upload, etags, signal);
}

async function complete(
  requests: S3Requests,
  { key, uploadId, mark }: Omit<Begun, "first">,
  etags: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
  const xml = `<CompleteMultipartUpload xmlns="${namespace}">${parts.join("")}</CompleteMultipartUpload>`;
  const request = { method: "POST", key, query: { uploadId }, body: Buffer.from(xml) } as const;
  try {
    // Success may be announced before it is one: then the body is an error.
    const code = errorCodeOf(await readText(await requests.send(request, signal)));
    if (code !== null)
      throw blobError("BLOB_STORE_REFUSED", `the parts of ${key} were refused: ${code}`, { code });
  } catch (error) {
    signal?.throwIfAborted();
    // The answer to an earlier attempt may have been lost: then the upload is gone because it is the blob.
    const head = await requests.send({ method: "HEAD", key, accepts: [404] }, signal);
    await drop(head);
    if (head.headers[UPLOAD_HEADER] !== mark) throw error;
  }
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** Bytes in parts of one size; only the last may be shorter. Each part's memory is its own. */
async function* partsOf(
  bytes: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + partBytes - size);
      held.push(piece);
      size += piece.length;
      at += piece.length;
      if (size < partBytes) continue;
      yield Buffer.concat(held);
      held = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(held);
}
