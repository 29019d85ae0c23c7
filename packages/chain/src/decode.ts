export { Runtime, type RuntimeVersion } from "./codec/runtime.ts";
export { decodeMetagraph } from "./reads/metagraph-decode.ts";
