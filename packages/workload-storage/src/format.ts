// The lengths and layouts alone: threads that only hash and decrypt load no signatures and no schemas.

export {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  RECORD_BYTES,
  recordContext,
  recordNonce,
  TAG_BYTES,
} from "./file/stream-records.ts";
export { LEAF_BYTES, leavesOf } from "./limits.ts";
