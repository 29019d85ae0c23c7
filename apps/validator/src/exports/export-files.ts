import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseExportPath } from "@neurond/exports";
import { writeWhole } from "@neurond/files";

/**
 * The directory of what is published, under the very paths that listings and reports name, and of reports
 * that are on their way to the chain. A file appears whole or not at all.
 */
export class ExportFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where a published path is kept; null for what is no path of an export. */
  place(path: string): string | null {
    return parseExportPath(path) === null ? null : join(this.directory, path);
  }

  /** Where a report waits until the chain holds its digest. */
  pending(sha256: string): string {
    return join(this.directory, "pending", `${sha256}.json`);
  }

  /** A name in the same directory, for a file that is being written. */
  async draft(file: string): Promise<string> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return `${file}.${process.pid}.draft`;
  }

  /** Writes a file whole. */
  async write(file: string, bytes: Uint8Array): Promise<void> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeWhole(file, bytes);
  }

  /** The bytes of a file; null when it is not there. */
  async read(file: string): Promise<Uint8Array | null> {
    try {
      return await readFile(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async remove(file: string): Promise<void> {
    await rm(file, { force: true });
  }

  /** Paths of every CSV that is kept, with the trees beside them left out. */
  async csvPaths(): Promise<readonly string[]> {
    const root = join(this.directory, "invocations");
    const found = await readdir(root, { recursive: true }).catch(() => []);
    return found
      .map((name) => `invocations/${name.replaceAll("\\", "/")}`)
      .filter((path) => parseExportPath(path)?.kind === "csv");
  }
}

/** Where the tree over a CSV's rows is kept. */
export const treeFileOf = (csv: string): string => `${csv}.tree`;
