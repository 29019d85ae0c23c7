import { type FileHandle, open } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { ReceiptCode } from "./errors.ts";

/** A file that only grows, and only by this process. */
export class AppendFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #size: number;

  constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** Writes all or, as far as the next append can tell, nothing. @throws CodedError RECEIPTS_SHARED */
  async append(bytes: Buffer): Promise<void> {
    const { size } = await this.#file.stat();
    if (size !== this.#size) {
      throw new CodedError<ReceiptCode>(
        "RECEIPTS_SHARED",
        `${this.#path} has ${size} bytes where ${this.#size} were written; give each proxy its own directory`,
      );
    }
    try {
      let written = 0;
      while (written < bytes.length) {
        const left = bytes.length - written;
        const result = await this.#file.write(bytes, written, left, this.#size + written);
        written += result.bytesWritten;
      }
      this.#size += bytes.length;
    } catch (error) {
      // A disk that was full may have taken a part, which must not stand before what comes next.
      await this.#file.truncate(this.#size);
      throw error;
    }
  }

  /** Cuts off all after so many bytes. */
  async cut(size: number): Promise<void> {
    await this.#file.truncate(size);
    this.#size = size;
  }

  /** Settles when what was written survives a power cut. */
  sync(): Promise<void> {
    return this.#file.datasync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close();
  }
}

/** Opens a file to append to, for its owner only. */
export async function openAppendFile(path: string): Promise<AppendFile> {
  // "r+" does not make it, "a" writes at the end whatever position is given.
  await (await open(path, "a", 0o600)).close();
  const file = await open(path, "r+");
  const { size } = await file.stat();
  return new AppendFile(path, file, size);
}
