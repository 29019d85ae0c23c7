import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

const PIECE_BYTES = 65_536;

/**
 * A file that only this process can reach: it has lost its name before the first byte is written, so
 * that no crash leaves anything of it behind. Where open files cannot lose their name, the name goes
 * when the file does.
 */
export class Spool {
  readonly #file: FileHandle;
  readonly #path: string | null;
  #closed = false;

  private constructor(file: FileHandle, path: string | null) {
    this.#file = file;
    this.#path = path;
  }

  static async open(directory: string = tmpdir()): Promise<Spool> {
    const path = join(directory, `neurond-body-${randomUUID()}`);
    const file = await open(path, "wx+", 0o600);
    const nameless = await unlink(path).then(
      () => true,
      () => false,
    );
    return new Spool(file, nameless ? null : path);
  }

  /** Takes the chunks over: afterwards they are empty. */
  async write(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      let at = 0;
      while (at < chunk.length) at += (await this.#file.write(chunk, at)).bytesWritten;
      giveBack(chunk);
    }
  }

  /** From the first byte; may be asked for again, to send it to another server. */
  read(): Readable {
    const file = this.#file;
    let at = 0;
    // Not the file's own stream: that one, destroyed, closes the file.
    return new Readable({
      highWaterMark: PIECE_BYTES,
      read() {
        file.read({ buffer: Buffer.allocUnsafe(PIECE_BYTES), position: at }).then(
          ({ bytesRead, buffer }) => {
            at += bytesRead;
            this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead));
          },
          (error: Error) => this.destroy(error),
        );
      },
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
    if (this.#path !== null) await unlink(this.#path);
  }
}

/**
 * Frees the memory of a chunk now. The engine would wait for tens of megabytes of such chunks, since
 * they weigh next to nothing on its own heap: so an upload would cost what it should not.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isWhole && buffer.detached === false) buffer.transfer(0);
}
