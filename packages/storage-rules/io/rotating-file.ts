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
  #file: FileHandle;
  #bytes: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: RotatingFileOptions, file: FileHandle, bytes: number) {
    this.#options = options;
    this.#file = file;
    this.#bytes = bytes;
  }

  static async open(options: RotatingFileOptions): Promise<RotatingFile> {
    const file = await open(pathOf(options), "a+");
    return new RotatingFile(options, file, await cutTornLine(file));
  }

  /** Writes one value as a line; the promise settles once the system has it. */
  async append(value: object): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    if (line.length > MAX_LINE_BYTES) {
      const message = `an event of ${line.length} bytes is too long for ${this.#options.name}.jsonl`;
      throw new CodedError<StorageRulesCode>("EVENT_TOO_LARGE", message);
    }
    const written = this.#writing.then(() => this.#write(line));
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
    await this.#file.sync();
    await this.#file.close();
  }

  async #write(line: Uint8Array): Promise<void> {
    if (this.#bytes > 0 && this.#bytes + line.length > this.#options.maxBytes) await this.#rotate();
    try {
      await this.#file.writeFile(line);
    } catch (error) {
      // A full disk takes a part of a line; what follows must not be glued to it.
      await this.#file.truncate(this.#bytes).catch(() => undefined);
      throw error;
    }
    this.#bytes += line.length;
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
    this.#bytes = await cutTornLine(this.#file);
    const surplus = aside.slice(0, Math.max(0, aside.length + 1 - keep));
    for (const old of surplus) await unlink(join(directory, old));
  }
}

/** Files set aside, the oldest first. */
async function asideOf(directory: string, name: string): Promise<readonly string[]> {
  const pattern = new RegExp(`^${RegExp.escape(name)}-\\d{6,}\\.jsonl$`);
  const found = (await readdir(directory)).filter((file) => pattern.test(file));
  return found.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function pathOf({ directory, name }: RotatingFileOptions): string {
  return join(directory, `${name}.jsonl`);
}

/** Bytes of the file once what stands behind its last line end is gone. */
async function cutTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const length = Math.min(size, MAX_LINE_BYTES);
  const tail = Buffer.alloc(length);
  await file.read(tail, 0, length, size - length);
  const end = size - length + tail.lastIndexOf(NEWLINE) + 1;
  if (end < size) await file.truncate(end);
  return end;
}
