import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { csvLine } from "@neurond/exports";

const FLUSH_CHARS = 1 << 18;

/** A CSV that is written line by line and hashed as it goes; never more than a piece of it in memory. */
export class CsvFile {
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #text = "";

  constructor(path: string, header: readonly string[]) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "wx");
    this.write(header);
  }

  write(cells: readonly string[]): void {
    this.#text += csvLine(cells);
    if (this.#text.length >= FLUSH_CHARS) this.#flush();
  }

  /** Ends the file; the digest of its bytes. */
  close(): Uint8Array {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    return this.#hash.digest();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }
}

/** Writes a whole file and the folders that lead to it. */
export function writeFile(root: string, path: string, content: Uint8Array | string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { flag: "wx" });
}

/** Indented where people read it, without whitespace where there is much of it. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** One JSON per line. */
export const jsonLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");
