import type { Action } from "../../action.ts";
import { runAction } from "./run-daemon.ts";

/** The commands of `neurond run`. */
export const runActions: readonly Action[] = [
  runAction("miner", "a miner, which keeps shards and proves that it does"),
  runAction("validator", "a validator, which places shards and tests who keeps them"),
  runAction("api", "an API node, which stores for others and is a gateway of S3"),
];
