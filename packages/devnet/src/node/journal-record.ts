import { fromHex, toHex } from "@neurond/primitives";
import { option, struct, tuple, variant, vec } from "../scale/compose.ts";
import { bytes, u32 } from "../scale/primitives.ts";
import type { ValueOf } from "../scale/type.ts";
import type { Change } from "../state/state.ts";
import { headerType } from "./header.ts";

const changes = vec(tuple(bytes, option(bytes)));

/** What happened to the chain, with everything needed to repeat it. */
export const journalRecord = variant([], {
  Genesis: [0, struct([], { changes })],
  Block: [1, struct([], { header: headerType, extrinsics: vec(bytes), changes })],
  /** The best chain ends at this height again. */
  Rewind: [2, u32],
});
export type JournalRecord = ValueOf<typeof journalRecord>;

type StoredChange = [key: Uint8Array, value: Uint8Array | undefined];

export const storedChanges = (list: readonly Change[]): StoredChange[] =>
  list.map(([key, value]) => [fromHex(key), value]);

export const restoredChanges = (list: readonly StoredChange[]): Change[] =>
  list.map(([key, value]) => [toHex(key), value]);
