import { z } from "zod";

/** A file as lists and answers have it. */
export const FileShape = z.object({
  name: z.string(),
  size: z.int(),
  etag: z.string().describe("MD5 of the bytes; of files uploaded in parts one of the parts'"),
  modified: z.iso.datetime(),
  owner: z.string().describe("ss58 of the hotkey that owns it"),
});

/** A page of files. */
export const ListShape = z.object({
  files: z.array(FileShape),
  prefixes: z.array(z.string()),
  next: z.string().nullable().describe("give it as `start` for the next page"),
});

/** Files that others let the caller read. */
export const SharedShape = z.object({
  files: z.array(
    z.object({
      bucket: z.string().describe("give it as `bucket` to read the file"),
      name: z.string(),
      owner: z.string(),
      size: z.int(),
    }),
  ),
});
