import { randomUUID } from "node:crypto";
import { type FileHandle, link, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a file is to hold: all of it, as it comes, or written by the caller. */
export type Content =
  | string
  | Uint8Array
  | AsyncIterable<Uint8Array>
  | ((file: FileHandle) => Promise<unknown>);

/** How a file is written. */
export interface WriteOptions {
  /** Its permissions; its owner's alone unless told otherwise. */
  readonly mode?: number;
  /**
   * Where it is written before it has its name, on the same file system; what a killed process left there
   * goes. Given by whoever knows that nobody else writes it now: by default it is a hidden name beside the
   * file that no other writer has, which ends in `.part` and stays when the process is killed.
   */
  readonly draft?: string;
}

/**
 * Writes a file that is there whole, and on disk, or not at all, whenever the process or the machine
 * stops; it takes the place of one that is there. A symbolic link is replaced, never followed.
 */
export async function writeWhole(
  path: string,
  content: Content,
  options: WriteOptions = {},
): Promise<void> {
  await withDraft(path, content, options, (draft) => rename(draft, path));
}

/** Writes a file whole unless there is one; whether it did. */
export async function writeOnce(
  path: string,
  content: Content,
  options: WriteOptions = {},
): Promise<boolean> {
  try {
    await withDraft(path, content, options, (draft) => claim(draft, path));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Gives a finished file, which others wrote, its name once its bytes are on disk. */
export async function moveWhole(draft: string, path: string): Promise<void> {
  {
    await using file = await open(draft, "r+");
    await file.sync();
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

/** Makes names that were given in a directory survive a power cut, where the file system can do so. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path, "r");
    await directory.sync();
  } catch (error) {
    // Of some network file systems, and of directories that may be written but not read.
    if (!["EINVAL", "ENOTSUP", "EACCES", "EPERM"].includes(codeOf(error) ?? "")) throw error;
  }
}

async function withDraft(
  path: string,
  content: Content,
  { mode = 0o600, draft = join(dirname(path), `.${randomUUID()}.part`) }: WriteOptions,
  give: (draft: string) => Promise<void>,
): Promise<void> {
  await rm(draft, { force: true });
  try {
    {
      await using file = await open(draft, "wx", mode);
      if (typeof content === "function") await content(file);
      else await file.writeFile(content);
      await file.sync();
    }
    await give(draft);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Linking fails on a taken name, which renaming would replace. */
async function claim(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
    await rm(draft);
  } catch (error) {
    // Some file systems have no hard links; an exclusive empty file holds the name there instead.
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(codeOf(error) ?? "")) throw error;
    await (await open(path, "wx", 0o600)).close();
    await rename(draft, path);
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
