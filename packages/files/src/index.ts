export { FILES_ERRORS, type FilesCode } from "./errors.ts";
export { type HeldLock, lock, type Patience, tryLock } from "./lock.ts";
export {
  type Content,
  moveWhole,
  syncDirectory,
  type WriteOptions,
  writeOnce,
  writeWhole,
} from "./write.ts";
