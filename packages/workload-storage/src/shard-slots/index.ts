export { drawShards } from "../draw-tasks.ts";
export {
  ASKABLE_BYTES,
  type Askable,
  askablePath,
  askableRoot,
  decodeAskables,
  encodeAskable,
  type OpenableShard,
  type TokenShard,
} from "./askable.ts";
export { AskableBody, type AskableHead, askableBody, askableHeadOf } from "./askable-document.ts";
export { type DrawnShard, isTaskOf, type ShardMaterial, taskOfShard } from "./drawn-shard.ts";
export { Place } from "./place.ts";
