import { copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { explained, warehouseError } from "./errors.ts";

/** Where archived entries are: a directory, or any object storage behind these four. */
export interface Blobs {
  /** Stores a file under a name, all of it or nothing; a name that exists is replaced. */
  put(name: string, path: string, signal?: AbortSignal): Promise<void>;
  /** Fetches it to `path`; false when there is none. */
  get(name: string, path: string, signal?: AbortSignal): Promise<boolean>;
  /** Whether there is such a name. */
  has(name: string, signal?: AbortSignal): Promise<boolean>;
  /** Removes it; nothing when there is none. */
  remove(name: string, signal?: AbortSignal): Promise<void>;
}

const NAME = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;

/** Keeps blobs as files of a directory. */
export function directoryBlobs(directory: string): Blobs {
  const pathOf = (name: string) => {
    if (NAME.test(name)) return join(directory, name);
    throw warehouseError("BLOB_MISSING", `${name} cannot be the name of a blob`);
  };
  return {
    async put(name, path, signal) {
      signal?.throwIfAborted();
      const target = pathOf(name);
      await guarded(name, async () => {
        await mkdir(dirname(target), { recursive: true });
        await copyFile(path, `${target}.part`);
        await using handle = await open(`${target}.part`, "r+");
        await handle.sync();
        await rename(`${target}.part`, target);
      });
    },
    async get(name, path, signal) {
      signal?.throwIfAborted();
      if (!(await isFile(pathOf(name)))) return false;
      await guarded(name, () => copyFile(pathOf(name), path));
      return true;
    },
    has: (name) => isFile(pathOf(name)),
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function guarded(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw explained(error, "WAREHOUSE_DIRECTORY_UNUSABLE", `the blob ${name} cannot be moved`);
  }
}
