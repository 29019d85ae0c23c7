export { FILES_ERRORS, type FilesCode } from "./errors.ts";
export { type HeldLock, lock, type Patience, tryLock } from "./lock.ts";
