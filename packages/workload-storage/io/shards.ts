// What clients and their threads need, who hash, seal and decrypt: nothing that miners and validators
// judge is loaded with it; see `../src/format.ts`.
export { copyBytes } from "./copy-bytes.ts";
export { cutInto, type Piece } from "./cut.ts";
export { type FileKey, openRecords, type RecordKeys, sealRecords } from "./encrypt-stream.ts";
export { release } from "./release.ts";
export { Sealer } from "./seal-stream.ts";
export { ShardHasher } from "./shard-hasher.ts";
export { shardPath } from "./shard-paths.ts";
