import type { FilesCode } from "@neurond/files";
import { codeOf, storeError } from "../errors.ts";

/** Why a server ended before it was ready. */
export type Ending = "port" | "predecessor" | "other";

/** Reads the server's last words. */
export function endingOf(words: string): Ending {
  if (/could not bind|could not create any TCP|Address already in use/i.test(words)) return "port";
  // Its killed predecessor's processes are still leaving.
  if (/pre-existing shared memory block|lock file ".*" already exists/i.test(words)) {
    return "predecessor";
  }
  return "other";
}

/** The error that tells of a program's end, by what it wrote. */
export function explainEnd(program: string, directory: string, words: string): Error {
  const lastWords = words.trimEnd().split("\n").slice(-12);
  const context = { directory, lastWords };
  if (/No space left on device|Disk quota exceeded/i.test(words)) {
    const message = `the disk of ${directory} is full: free space and start again`;
    return storeError("DATABASE_DISK_FULL", message, context);
  }
  if (/Permission denied|Operation not permitted|Read-only file system/i.test(words)) {
    const message = `${program} may not use ${directory}: give a directory of this user`;
    return storeError("DATABASE_DIRECTORY_UNUSABLE", message, context);
  }
  const last = lastWords.findLast((line) => /error|fatal|panic/i.test(line)) ?? lastWords.at(-1);
  const message = `${program} ended in ${directory}: ${last ?? "it said nothing"}`;
  return storeError("DATABASE_START_FAILED", message, context);
}

/** A refusal of the file system as a coded error; anything else stays as it is. */
export function explainFile(error: unknown, directory: string): unknown {
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT": {
      const message = `the disk of ${directory} is full: free space and start again`;
      return storeError("DATABASE_DISK_FULL", message, { directory }, error);
    }
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
    case "LOCK_FILE_UNUSABLE" satisfies FilesCode: {
      const message = `cannot write ${directory}: give a directory of this user`;
      return storeError("DATABASE_DIRECTORY_UNUSABLE", message, { directory }, error);
    }
    default:
      return error;
  }
}
