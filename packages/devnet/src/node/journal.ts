import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { CodedError } from "@neurond/primitives";
import type { DevnetCode } from "../errors.ts";
import { decode } from "../scale/decode.ts";
import { type JournalRecord, journalRecord } from "./journal-record.ts";

/** Says what the file is, and its layout's version. */
const MAGIC = Buffer.from("neurond-devnet-journal-1\n");
/**
 * In front of each record, as u32 big-endian: length of its content, CRC-32 of the content, CRC-32
 * of these two. The last one tells a record that was cut off from a length that was damaged.
 */
const HEAD = 12;

/**
 * The file a chain lives in: records are only ever appended, each with its checksum, so a process
 * killed at any instant leaves whole records and at most one torn one at the end, which the next
 * start cuts off. Not synced to the disk: it outlives the process, not a power cut.
 */
export class Journal {
  readonly #file: number;
  #end: number;

  private constructor(file: number, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens or creates the file; answers with the complete records in it.
   *
   * @throws CodedError STATE_FILE_UNREADABLE, STATE_FILE_CORRUPT
   */
  static open(path: string): { readonly journal: Journal; readonly records: JournalRecord[] } {
    const file = openFile(path);
    try {
      const content = readFileSync(file);
      const { records, end } = readRecords(content, path);
      ftruncateSync(file, end);
      if (end === 0) writeAll(file, MAGIC);
      return { journal: new Journal(file, Math.max(end, MAGIC.length)), records };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  append(record: JournalRecord): void {
    const content = journalRecord.codec.enc(record);
    const framed = Buffer.alloc(HEAD + content.length);
    framed.writeUInt32BE(content.length, 0);
    framed.writeUInt32BE(crc32(content), 4);
    framed.writeUInt32BE(crc32(framed.subarray(0, 8)), 8);
    framed.set(content, HEAD);
    try {
      writeAll(this.#file, framed);
    } catch (error) {
      // A full disk takes part of a record; what is appended later must not follow that.
      ftruncateSync(this.#file, this.#end);
      throw error;
    }
    this.#end += framed.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, "a+");
  } catch (cause) {
    throw new CodedError<DevnetCode>(
      "STATE_FILE_UNREADABLE",
      `state file ${path} cannot be opened: check that its directory exists and is writable`,
      { path },
      { cause },
    );
  }
}

/** A write may take only part of what it is given. */
function writeAll(file: number, content: Uint8Array): void {
  for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
}

function readRecords(content: Buffer, path: string): { records: JournalRecord[]; end: number } {
  const records: JournalRecord[] = [];
  // A process killed while it wrote the first bytes leaves part of the magic.
  if (content.length < MAGIC.length && MAGIC.subarray(0, content.length).equals(content)) {
    return { records, end: 0 };
  }
  if (!content.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt(path, 0, "is not ours");
  let at = MAGIC.length;
  while (at + HEAD <= content.length) {
    const headCrc = crc32(content.subarray(at, at + 8));
    if (headCrc !== content.readUInt32BE(at + 8)) throw corrupt(path, at, "is damaged");
    const end = at + HEAD + content.readUInt32BE(at);
    if (end > content.length) break;
    const body = content.subarray(at + HEAD, end);
    if (crc32(body) !== content.readUInt32BE(at + 4)) throw corrupt(path, at, "is damaged");
    records.push(decode(journalRecord, body));
    at = end;
  }
  return { records, end: at };
}

const corrupt = (path: string, at: number, what: string) =>
  new CodedError<DevnetCode>(
    "STATE_FILE_CORRUPT",
    `state file ${path} ${what} at byte ${at}: delete it to start from genesis, or restore a copy`,
    { path, at },
  );
