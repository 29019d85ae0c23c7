import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { asideOf, MAX_LINE_BYTES } from "./rotating-file.ts";

/** A place between two lines of a file that is set aside again and again. */
export interface LinePlace {
  /** Number the file has, or will have once set aside; from one. */
  readonly file: number;
  readonly byte: number;
}

/** Lines that follow a place. */
export interface FollowingLines {
  /** Where the first one begins, unless files before were deleted meanwhile. */
  readonly from: LinePlace;
  /** Each with the place behind it; all of one file. */
  readonly lines: readonly { readonly text: string; readonly end: LinePlace }[];
  /** Whether lines behind the place asked for are gone with the file they were in. */
  readonly isGap: boolean;
}

const BEGIN: LinePlace = { file: 1, byte: 0 };
const NEWLINE = 10;

/**
 * The whole lines behind a place, at most 4 MiB of one file, while another part of the process writes
 * and sets files aside; from the oldest line where there is no place yet. What is returned is on disk.
 */
export async function linesAfter(
  directory: string,
  name: string,
  place: LinePlace | null,
): Promise<FollowingLines> {
  const numbers = (await asideOf(directory, name)).map((file) => numberOf(file, name));
  const current = (numbers.at(-1) ?? 0) + 1;
  const oldest = numbers[0] ?? current;
  const asked = place ?? BEGIN;
  const isGap = place !== null && asked.file < oldest;
  // A place ahead of all files is of a directory that somebody emptied.
  const from = asked.file < oldest || asked.file > current ? { file: oldest, byte: 0 } : asked;
  const path =
    from.file === current ? `${name}.jsonl` : `${name}-${`${from.file}`.padStart(6, "0")}.jsonl`;
  await using file = await openIfThere(join(directory, path));
  // For a moment a file has been set aside and its successor is not there.
  if (file === null) return { from, lines: [], isGap };
  const [newest] = (await asideOf(directory, name)).slice(-1);
  // Set aside between the two looks: what was opened may be the next file.
  if ((newest === undefined ? 0 : numberOf(newest, name)) + 1 !== current) {
    return { from, lines: [], isGap };
  }
  const lines = await wholeLines(file, from);
  const next = { file: from.file + 1, byte: 0 };
  if (lines.length > 0 || from.file === current) return { from, lines, isGap };
  return { ...(await linesAfter(directory, name, next)), isGap };
}

async function wholeLines(file: FileHandle, from: LinePlace): Promise<FollowingLines["lines"]> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, Math.min(size - from.byte, MAX_LINE_BYTES)));
  if (bytes.length === 0) return [];
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from.byte);
  // Else what somebody was told of could be gone after a power cut, and the place be in the middle of a line.
  await file.datasync();
  const lines: { text: string; end: LinePlace }[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1 && end < bytesRead; ) {
    const text = bytes.toString("utf8", begin, end);
    begin = end + 1;
    lines.push({ text, end: { file: from.file, byte: from.byte + begin } });
    end = bytes.indexOf(NEWLINE, begin);
  }
  return lines;
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  return open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

function numberOf(file: string, name: string): number {
  return Number(file.slice(name.length + 1, -".jsonl".length));
}
