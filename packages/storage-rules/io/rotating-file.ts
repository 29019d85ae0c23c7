import { type FileHandle, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { CodedError } from "@neurond/primitives";
import type { StorageRulesCode } from "@neurond/storage-rules";

/** A longer line is refused, and a longer torn one cannot be. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Where lines are written, and how much of them is kept. */
export interface RotatingFileOptions {
  readonly directory: string;
  /** `events` for `events.jsonl`, with `events-000001.jsonl` … behind it. */
  readonly name: string;
  /** A file that would grow beyond this is set aside, and a new one begun. */
  readonly maxBytes: number;
  /** How many files set aside are kept; the oldest go first. */
  readonly keep: number;
}

const NEWLINE = 10;

/**
 * Lines of JSON, one after the other, in a file that is set aside when it is full. A line that a
 * crash tore is cut off when the file is opened again. One process writes it.
 */
export class RotatingFile implements AsyncDisposable {
  readonly #options: RotatingFileOptions;
  #last: string | null;
  #file: FileHandle;
  #bytes: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: RotatingFileOptions, file: FileHandle, end: FileEnd) {
    this.#options = options;
    this.#file = file;
    this.#bytes = end.bytes;
    this.#last = end.line;
  }

  static async open(options: RotatingFileOptions): Promise<RotatingFile> {
    await using acquired = new AsyncDisposableStack();
    const file = acquired.use(await open(pathOf(options), "a+"));
    const end = await endOf(file);
    if (end.bytes < end.size) await file.truncate(end.bytes);
    const line = end.line ?? (await lastLineAside(options));
    acquired.move();
    return new RotatingFile(options, file, { ...end, line });
  }

  /**
   * Writes one line, composed when its turn comes from the line before it, of this file or of the one
   * set aside; the promise settles once the system has it.
   */
  async append(compose: (lineBefore: string | null) => string): Promise<void> {
    const written = this.#writing.then(() => this.#write(compose(this.#last)));
    this.#writing = written.catch(() => undefined);
    await written;
  }

  /** Sets the file aside whatever its size, and begins a new one. */
  async rotate(): Promise<void> {
    const rotated = this.#writing.then(() => (this.#bytes > 0 ? this.#rotate() : undefined));
    this.#writing = rotated.catch(() => undefined);
    await rotated;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await using file = this.#file;
    await file.sync();
  }

  async #write(text: string): Promise<void> {
    const line = Buffer.from(`${text}\n`);
    if (line.length > MAX_LINE_BYTES) {
      const message = `an event of ${line.length} bytes is too long for ${this.#options.name}.jsonl`;
      throw new CodedError<StorageRulesCode>("EVENT_TOO_LARGE", message);
    }
    if (this.#bytes > 0 && this.#bytes + line.length > this.#options.maxBytes) await this.#rotate();
    try {
      await this.#file.writeFile(line);
    } catch (error) {
      // A full disk takes a part of a line; what follows must not be glued to it.
      await this.#file.truncate(this.#bytes).catch(() => undefined);
      throw error;
    }
    this.#bytes += line.length;
    this.#last = text;
  }

  async #rotate(): Promise<void> {
    const { directory, name, keep } = this.#options;
    const aside = await asideOf(directory, name);
    const last = Number(aside.at(-1)?.slice(name.length + 1, -".jsonl".length) ?? 0);
    await this.#file.sync();
    await rename(
      pathOf(this.#options),
      join(directory, `${name}-${String(last + 1).padStart(6, "0")}.jsonl`),
    );
    await this.#file.close();
    this.#file = await open(pathOf(this.#options), "a+");
    this.#bytes = 0;
    const surplus = aside.slice(0, Math.max(0, aside.length + 1 - keep));
    for (const old of surplus) await unlink(join(directory, old));
  }
}

/** Files set aside, the oldest first. */
export async function asideOf(directory: string, name: string): Promise<readonly string[]> {
  const pattern = new RegExp(`^${RegExp.escape(name)}-\\d{6,}\\.jsonl$`);
  const found = (await readdir(directory)).filter((file) => pattern.test(file));
  return found.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function pathOf({ directory, name }: RotatingFileOptions): string {
  return join(directory, `${name}.jsonl`);
}

/** How a file ends. */
interface FileEnd {
  readonly size: number;
  /** Without what stands behind the last line end: a crash tore it. */
  readonly bytes: number;
  readonly line: string | null;
}

async function endOf(file: FileHandle): Promise<FileEnd> {
  const { size } = await file.stat();
  const length = Math.min(size, MAX_LINE_BYTES);
  const tail = Buffer.alloc(length);
  await file.read(tail, 0, length, size - length);
  const end = tail.lastIndexOf(NEWLINE);
  if (end === -1) return { size, bytes: size - length, line: null };
  const begin = end === 0 ? 0 : tail.lastIndexOf(NEWLINE, end - 1) + 1;
  return { size, bytes: size - length + end + 1, line: tail.toString("utf8", begin, end) };
}

async function lastLineAside({ directory, name }: RotatingFileOptions): Promise<string | null> {
  const newest = (await asideOf(directory, name)).at(-1);
  if (newest === undefined) return null;
  await using file = await open(join(directory, newest), "r");
  return (await endOf(file)).line;
}
