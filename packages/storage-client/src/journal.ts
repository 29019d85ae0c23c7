import { type FileHandle, open, readFile } from "node:fs/promises";
import { writeWhole } from "@neurond/files";
import { CodedError, toHex } from "@neurond/primitives";
import { boxBytes, Manifest, openBox, type RsPlan } from "@neurond/workload-storage/file";
import { z } from "zod";
import type { StorageClientCode } from "./errors.ts";

const { id: hash, owner: hotkey } = Manifest.shape;
const shards = Manifest.shape.segments.element.shape.shards;

const Source = z.strictObject({ path: z.string(), size: z.int().min(0), mtimeMs: z.number() });

const Header = z.strictObject({
  v: z.literal(1),
  fileId: hash,
  source: Source,
  rs: Manifest.shape.rs,
  segmentBytes: z.int().min(1),
  owner: hotkey,
  /** Data key, seal secret, nonce prefix: boxed under the owner's key. */
  box: z.string().regex(/^0x[0-9a-f]+$/),
});
const Intent = z.strictObject({
  segment: z.int().min(0),
  miners: z.array(hotkey),
  created: z.int().min(0),
  expires: z.int().min(0),
  /** Plain bytes read when the segment was ready, and their SHA-256. */
  plainBytes: z.int().min(0),
  plainSha256: hash,
});
const Result = z.strictObject({ segment: z.int().min(0), stored: shards });

/** What is about to be sent of a segment: its keystreams are used for these bytes and no others. */
export type Intent = z.infer<typeof Intent>;
/** What of a segment is stored. */
export type Result = z.infer<typeof Result>;
/** The file that is being stored, as it was when the upload began. */
export type Source = z.infer<typeof Source>;

/** The secrets of an upload. */
export interface UploadKeys {
  readonly dataKey: Uint8Array;
  readonly sealSecret: Uint8Array;
  readonly noncePrefix: Uint8Array;
}

/** What an upload is. */
export interface UploadHeader extends UploadKeys {
  readonly fileId: Uint8Array;
  readonly source: Source;
  readonly rs: RsPlan;
  readonly segmentBytes: number;
  readonly owner: z.infer<typeof hotkey>;
}

/** How far an upload had come when its process ended. */
export interface Recovered {
  readonly header: UploadHeader;
  readonly intents: ReadonlyMap<number, Intent>;
  readonly results: ReadonlyMap<number, Result>;
}

/**
 * A file, for its owner only, that outlives the process: every line is on disk before what it says is
 * acted on, or after it has been done. A line that was cut by a crash counts as never written.
 */
export class Journal implements AsyncDisposable {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Begins a journal, in place of whatever is there. */
  static async begin(
    path: string,
    header: UploadHeader,
    ownerKey: Uint8Array,
    nonce: Uint8Array,
  ): Promise<Journal> {
    const { fileId, source, rs, segmentBytes, owner } = header;
    const { dataKey, sealSecret, noncePrefix } = header;
    const secrets = Buffer.concat([dataKey, sealSecret, noncePrefix]);
    const box = toHex(boxBytes(secrets, ownerKey, nonce));
    secrets.fill(0);
    const line = { v: 1, fileId: toHex(fileId), source, rs, segmentBytes, owner, box };
    return Journal.#rewrite(path, [line]);
  }

  /**
   * Takes a journal up again; null when there is none.
   * @throws CodedError JOURNAL_INVALID, KEY_INVALID for another owner's
   */
  static async resume(
    path: string,
    ownerKey: Uint8Array,
  ): Promise<{ readonly journal: Journal; readonly recovered: Recovered } | null> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (text === null) return null;
    const lines = text.split("\n").slice(0, -1).map(parseJson);
    const header = Header.safeParse(lines[0]);
    if (!header.success) throw unreadable(path);
    const intents: Intent[] = [];
    const results: Result[] = [];
    for (const line of lines.slice(1)) {
      const [intent, result] = [Intent.safeParse(line), Result.safeParse(line)];
      if (intent.success) intents.push(intent.data);
      else if (result.success) results.push(result.data);
      else throw unreadable(path);
    }
    const recovered = {
      header: { ...header.data, ...openKeys(header.data, ownerKey) },
      intents: new Map(intents.map((intent) => [intent.segment, intent])),
      results: new Map(results.map((result) => [result.segment, result])),
    };
    const journal = await Journal.#rewrite(path, [header.data, ...intents, ...results]);
    return { journal, recovered };
  }

  /** Says what is about to be sent. */
  async intend(intent: Intent): Promise<void> {
    await this.#append(intent);
  }

  /** Says that a segment is stored. */
  async settle(result: Result): Promise<void> {
    await this.#append(result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  static async #rewrite(path: string, lines: readonly object[]): Promise<Journal> {
    await writeWhole(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return new Journal(await open(path, "a"));
  }

  async #append(line: object): Promise<void> {
    // All of it or an error: a disk that is nearly full takes less of one write.
    await this.#file.appendFile(`${JSON.stringify(line)}\n`);
    await this.#file.datasync();
  }
}

function openKeys({ fileId, box }: z.infer<typeof Header>, ownerKey: Uint8Array) {
  const secrets = openBox(Buffer.from(box.slice(2), "hex"), ownerKey);
  return {
    fileId: Uint8Array.from(Buffer.from(fileId.slice(2), "hex")),
    dataKey: secrets.slice(0, 32),
    sealSecret: secrets.slice(32, 64),
    noncePrefix: secrets.slice(64),
  };
}

function unreadable(path: string): CodedError<StorageClientCode> {
  const message = `${path} is no journal of an upload: remove it to upload from the beginning`;
  return new CodedError("JOURNAL_INVALID", message, { path });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
