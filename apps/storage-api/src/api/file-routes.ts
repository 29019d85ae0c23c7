import { createHash } from "node:crypto";
import { addAbortSignal, Readable } from "node:stream";
import { CodedError, type Hotkey } from "@neurond/primitives";
import {
  type App,
  authenticated,
  authenticatedStream,
  type Gate,
  principalOf,
} from "@neurond/runtime";
import { type BlobRange, isS3Error, readRange, type StoredObject } from "@neurond/s3";
import { z } from "zod";
import type { StorageApiCode } from "../errors.ts";
import { describeFile, type Files, placeOf } from "../files.ts";
import type { Lanes } from "../lanes.ts";
import { FileShape } from "./shapes.ts";

export interface FileRouteDeps {
  readonly files: Files;
  readonly question: Gate;
  readonly upload: Gate;
  /** Files on their way in at once. */
  readonly lanes: Lanes;
  readonly uploadMs: number;
  readonly maxFileBytes: number;
  readonly now: () => number;
}

const OCTETS = "application/octet-stream";
const MAX_TTL_SEC = 3_155_760_000;
const DOWNLOAD_MS = 3_600_000;
const params = z.object({ "*": z.string().describe("name of the file; slashes belong to it") });
const place = {
  bucket: z.string().max(64).optional().describe("a bucket, or the ss58 of another owner"),
};

/** `/v1/files/{name}`: files of the signing hotkey, streamed. */
export function serveFiles(app: App, deps: FileRouteDeps): void {
  const { files, question } = deps;
  app.addContentTypeParser(OCTETS, (_request, payload, done) => done(null, payload));
  servePut(app, deps);
  for (const method of ["GET", "HEAD"] as const) serveRead(app, deps, method);
  app.delete(
    "/v1/files/*",
    {
      ...authenticated(question),
      schema: { summary: "Deletes a file", params, querystring: z.object(place) },
    },
    async (request, reply) => {
      const { hotkey } = principalOf(request);
      const where = placeOf(hotkey, request.query.bucket);
      await files.delete(hotkey, { place: where, name: request.params["*"] });
      return reply.status(204).send();
    },
  );
}

function servePut(app: App, deps: FileRouteDeps): void {
  const { files, upload, lanes, uploadMs, maxFileBytes, now } = deps;
  const { options, confirm } = authenticatedStream(upload);
  app.put(
    "/v1/files/*",
    {
      ...options,
      bodyLimit: maxFileBytes,
      schema: {
        summary: "Stores a file under a name, replacing the one before",
        params,
        querystring: z.object({
          ...place,
          type: z
            .string()
            .regex(/^[\x20-\x7e]{1,200}$/)
            .optional()
            .describe("media type to keep with it"),
          ttl: z.coerce
            .number()
            .int()
            .min(1)
            .max(MAX_TTL_SEC)
            .optional()
            .describe("seconds until it is deleted; never when absent"),
        }),
        response: { 200: FileShape },
      },
    },
    async (request) => {
      const release = lanes.take();
      try {
        const { bucket, ttl, type = OCTETS } = request.query;
        const signal = AbortSignal.timeout(uploadMs);
        const md5 = createHash("md5");
        let caller: Hotkey | undefined;
        // Its sender is proven by a signature over the whole: nothing is kept of a body before.
        const body = async function* () {
          let left = maxFileBytes;
          for await (const chunk of addAbortSignal(signal, request.body as Readable)) {
            left -= chunk.length;
            if (left < 0) throw tooLarge(maxFileBytes);
            md5.update(chunk);
            yield chunk as Uint8Array;
          }
          caller = (await confirm(request)).hotkey;
        };
        const length = request.headers["content-length"];
        const stored = await files.put({
          name: request.params["*"],
          body: body(),
          ...(length !== undefined && { size: Number(length) }),
          headers: { "content-type": type },
          settle: () => {
            if (caller === undefined) throw new Error("the vault kept a body that it did not read");
            return { owner: caller, place: placeOf(caller, bucket), etag: md5.digest("hex") };
          },
          ...(ttl !== undefined && { expiresMs: now() + ttl * 1000 }),
          signal,
        });
        return describeFile(stored);
      } finally {
        release();
      }
    },
  );
}

function serveRead(app: App, { files, question }: FileRouteDeps, method: "GET" | "HEAD"): void {
  app.route({
    method,
    url: "/v1/files/*",
    // Fastify would make a HEAD of its own that reads the whole file.
    exposeHeadRoute: false,
    ...authenticated(question),
    schema: {
      summary: method === "GET" ? "The bytes of a file, or a range of them" : "What a file is like",
      params,
      querystring: z.object(place),
    },
    handler: async (request, reply) => {
      const { hotkey } = principalOf(request);
      const { params: named, query } = request as {
        readonly params: z.infer<typeof params>;
        readonly query: { readonly bucket?: string };
      };
      const where = placeOf(hotkey, query.bucket);
      const object = await files.find(hotkey, { place: where, name: named["*"] });
      const asked = rangeOf(request.headers.range, object);
      const range = asked ?? { offset: 0, length: object.size };
      reply.headers({
        "content-type": object.headers["content-type"] ?? OCTETS,
        "content-length": range.length,
        "accept-ranges": "bytes",
        etag: `"${object.etag}"`,
        "last-modified": new Date(object.modifiedMs).toUTCString(),
        // A file is somebody's upload: no browser shall run it on this origin.
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
        ...(asked && { "content-range": contentRange(range, object) }),
      });
      reply.status(asked === null ? 200 : 206);
      if (method === "HEAD") return reply.send();
      const signal = AbortSignal.timeout(DOWNLOAD_MS);
      const bytes = Readable.from(files.read(object, range, signal), { objectMode: false });
      return reply.send(addAbortSignal(signal, bytes));
    },
  });
}

function rangeOf(header: string | undefined, { size }: StoredObject): BlobRange | null {
  try {
    return readRange(header, size);
  } catch (error) {
    if (!isS3Error(error)) throw error;
    throw new CodedError<StorageApiCode>("RANGE_INVALID", `the file has ${size} bytes`, { size });
  }
}

const contentRange = ({ offset, length }: BlobRange, { size }: StoredObject) =>
  `bytes ${offset}-${offset + length - 1}/${size}`;

const tooLarge = (maxBytes: number) =>
  new CodedError<StorageApiCode>("FILE_TOO_LARGE", `a file of more than ${maxBytes} bytes`);
