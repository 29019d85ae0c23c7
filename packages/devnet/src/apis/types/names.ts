import { vec } from "../../scale/compose.ts";
import { compactU8 } from "../../scale/primitives.ts";

/** The Rust path of a type that runtime APIs answer with. */
export const infoPath = (module: string, name: string): string[] => [
  "pallet_subtensor",
  "rpc_info",
  module,
  name,
];

/** Text as the APIs write it: every byte a compact number, so that bytes from 64 on take two. */
export const compactText = vec(compactU8);
