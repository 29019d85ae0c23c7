import { writeWhole } from "@neurond/files";
import { isCoded } from "@neurond/primitives";
import type { BlobStore, ListedBlob } from "../blob-store.ts";
import { checkName, checkPrefix } from "../names.ts";
import { drop, listPageOf, readText } from "./answers.ts";
import { download } from "./download.ts";
import { PART_BYTES, type S3Options } from "./options.ts";
import { S3Requests } from "./requests.ts";
import { upload } from "./upload.ts";

/** Keeps blobs as objects of a bucket of any S3-compatible storage. Dispose of it to close its connections. */
export function s3Blobs(options: S3Options): BlobStore & AsyncDisposable {
  const requests = new S3Requests(options);
  const { partBytes = PART_BYTES } = options;
  return {
    async put(name, source, { signal } = {}) {
      await upload(requests, checkName(name), source, partBytes, signal);
    },
    get: (name, { range, signal } = {}) => download(requests, checkName(name), range, signal),
    async getTo(name, path, { signal } = {}) {
      try {
        await writeWhole(path, download(requests, checkName(name), undefined, signal));
        return true;
      } catch (error) {
        if (isCoded(error, "BLOB_MISSING")) return false;
        throw error;
      }
    },
    async stat(name, { signal } = {}) {
      const key = checkName(name);
      const head = await requests.send({ method: "HEAD", key, accepts: [404] }, signal);
      await drop(head);
      return head.statusCode === 404 ? null : { size: Number(head.headers["content-length"]) };
    },
    list: (prefix, { after, signal } = {}) => list(requests, checkPrefix(prefix), after, signal),
    async remove(name, { signal } = {}) {
      const key = checkName(name);
      await drop(await requests.send({ method: "DELETE", key, accepts: [404] }, signal));
    },
    [Symbol.asyncDispose]: () => requests[Symbol.asyncDispose](),
  };
}

async function* list(
  requests: S3Requests,
  prefix: string,
  after: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedBlob> {
  let next: string | null = null;
  do {
    const query = {
      "list-type": "2",
      "encoding-type": "url",
      prefix,
      ...(after !== undefined && after !== "" && { "start-after": after }),
      ...(next !== null && { "continuation-token": next }),
    };
    const page = listPageOf(await readText(await requests.send({ method: "GET", query }, signal)));
    yield* page.blobs;
    next = page.next;
  } while (next !== null);
}
