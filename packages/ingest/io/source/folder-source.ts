import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseExportPath, parseListing } from "@neurond/exports";
import { moveWhole } from "@neurond/files";
import {
  type ExportSource,
  type FeedName,
  type Fetched,
  ingestError,
  type Wanted,
} from "@neurond/ingest";

const MAX_TEXT_BYTES = 256 << 20;

const FEED_FILES: Readonly<Record<FeedName, string>> = {
  gpu_counts: "gpu_count_history.json",
  reconciliation: "reconciliation.csv",
  compute_history: "compute_history.csv",
  nodes: "metagraph.json",
  scores: "scores.json",
};

/** A folder of exports that somebody kept: `entries.json`, `blobs/<path>` and `feeds/`. */
export function folderSource(folder: string): ExportSource<AbortSignal> {
  return {
    name: folder,
    listing: async () => parseListing(await folderText(folder, "entries.json")),
    fetch: (wanted, file, signal) => copy(folder, wanted, file, signal),
    feed: async (name) => {
      const text = await folderText(folder, join("feeds", FEED_FILES[name]));
      // The API wraps them; what was kept may be the bare scores.
      return name === "scores" && !text.includes("final_scores")
        ? `{"final_scores":${text}}`
        : text;
    },
  };
}

/** A file of a folder of exports as text. @throws CodedError FOLDER_INVALID */
export async function folderText(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    if (size <= MAX_TEXT_BYTES) return await readFile(path, "utf8");
  } catch (cause) {
    throw ingestError("FOLDER_INVALID", `${folder} has no ${name}`, { folder, name }, cause);
  }
  throw ingestError("FOLDER_INVALID", `${path} is larger than ${MAX_TEXT_BYTES} bytes`);
}

async function copy(
  folder: string,
  { path, maxBytes }: Wanted,
  file: string,
  signal: AbortSignal,
): Promise<Fetched> {
  if (parseExportPath(path) === null) throw missing(path);
  const from = join(folder, "blobs", path);
  const { size } = await stat(from).catch((cause: unknown) => {
    throw ingestError("SOURCE_MISSING", `the folder has no ${path}`, { path }, cause);
  });
  if (size > maxBytes)
    throw ingestError("BODY_TOO_LARGE", `${path} is larger than ${maxBytes} bytes`);
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.part`;
  const hash = createHash("sha256");
  await pipeline(
    createReadStream(from),
    async function* (source) {
      for await (const piece of source) {
        hash.update(piece);
        yield piece;
      }
    },
    createWriteStream(part),
    { signal },
  );
  await moveWhole(part, file);
  return { sha256: hash.digest("hex"), sizeBytes: size };
}

const missing = (path: string) => ingestError("SOURCE_MISSING", `${path} is no path of the store`);
