// What a thread needs that does nothing but hash, seal and decrypt; see `../src/format.ts`.
export { copyBytes } from "./copy-bytes.ts";
export { openRecords, type RecordKeys, sealRecords } from "./encrypt-stream.ts";
export { release } from "./release.ts";
export { Sealer } from "./seal-stream.ts";
export { ShardHasher } from "./shard-hasher.ts";
