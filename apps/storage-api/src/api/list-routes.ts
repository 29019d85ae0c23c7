import { CodedError, type Hotkey, parseHotkey } from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import type { ListStart } from "@neurond/s3";
import { z } from "zod";
import type { StorageApiCode } from "../errors.ts";
import { describeFile, type Files, placeOf } from "../files.ts";
import { ListShape, SharedShape } from "./shapes.ts";

export interface ListRouteDeps {
  readonly files: Files;
  readonly question: Gate;
}

const name = z.string().min(1).max(1024);
const bucket = z.string().max(64).optional();
const Grant = z.object({ name, bucket });

/** Lists of files, and who may read them. */
export function serveLists(app: App, { files, question }: ListRouteDeps): void {
  app.get(
    "/v1/files",
    {
      ...authenticated(question),
      schema: {
        summary: "The caller's files by name, a page at a time",
        querystring: z.object({
          bucket,
          prefix: z.string().max(1024).default(""),
          delimiter: z.string().max(16).default("").describe("what makes folders; none when empty"),
          start: z.string().max(2048).optional().describe("`next` of the page before"),
          limit: z.coerce.number().int().min(1).max(1000).default(1000),
        }),
        response: { 200: ListShape },
      },
    },
    async (request) => {
      const { hotkey } = principalOf(request);
      const { bucket: named, start, ...query } = request.query;
      const place = placeOf(hotkey, named);
      const page = await files.list(hotkey, { ...query, place, start: readStart(start) });
      const next = page.next === null ? null : writeStart(page.next);
      return { files: page.objects.map(describeFile), prefixes: [...page.prefixes], next };
    },
  );
  app.get(
    "/v1/shared",
    {
      ...authenticated(question),
      schema: {
        summary: "Files that others let the caller read, the latest first",
        response: { 200: SharedShape },
      },
    },
    async (request) => {
      const shared = await files.sharedWith(principalOf(request).hotkey);
      return { files: shared.map(({ key, ...file }) => ({ ...file, name: key })) };
    },
  );
  serveGrants(app, { files, question });
}

function serveGrants(app: App, { files, question }: ListRouteDeps): void {
  const params = z.object({ grantee: z.string().max(64).describe("ss58 of a hotkey") });
  app.get(
    "/v1/grants",
    {
      ...authenticated(question),
      schema: {
        summary: "Who may read a file besides its owner",
        querystring: Grant,
        response: { 200: z.object({ grantees: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const { hotkey } = principalOf(request);
      const { name: file, bucket: named } = request.query;
      const place = placeOf(hotkey, named);
      return { grantees: [...(await files.grantees(hotkey, { place, name: file }))] };
    },
  );
  for (const method of ["PUT", "DELETE"] as const) {
    app.route({
      method,
      url: "/v1/grants/:grantee",
      ...authenticated(question),
      schema: {
        summary: method === "PUT" ? "Lets a hotkey read a file" : "Lets it no more",
        params,
        querystring: Grant,
      },
      handler: async (request, reply) => {
        const { hotkey } = principalOf(request);
        const { grantee } = params.parse(request.params);
        const { name: file, bucket: named } = Grant.parse(request.query);
        const where = { place: placeOf(hotkey, named), name: file };
        const act = method === "PUT" ? files.share : files.unshare;
        await act.call(files, hotkey, where, granteeOf(grantee));
        return reply.status(204).send();
      },
    });
  }
}

function granteeOf(text: string): Hotkey {
  try {
    return parseHotkey(text);
  } catch (cause) {
    const message = "the grantee is not the ss58 of a hotkey";
    throw new CodedError<StorageApiCode>("NAME_INVALID", message, {}, { cause });
  }
}

/** Opaque to callers. */
const writeStart = (start: ListStart) =>
  Buffer.from("after" in start ? `a${start.after}` : `p${start.past}`).toString("base64url");

function readStart(text: string | undefined): ListStart | null {
  if (text === undefined) return null;
  const plain = Buffer.from(text, "base64url").toString("utf8");
  if (plain.startsWith("a")) return { after: plain.slice(1) };
  if (plain.startsWith("p")) return { past: plain.slice(1) };
  throw new CodedError<StorageApiCode>("NAME_INVALID", "start is not the end of a page");
}
