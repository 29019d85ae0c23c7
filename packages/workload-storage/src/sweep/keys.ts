import { deriveKey, framedHash, u16, u32, u64 } from "@neurond/crypto";
import { type Hotkey, publicKeyOf } from "@neurond/primitives";
import type { Entry } from "../entry.ts";
import type { Parties } from "../parties.ts";
import { ELEMENT_BYTES, readReduced } from "./field.ts";
import { type KeystreamAt, keystreamAt } from "./keystream.ts";
import { SECTORS } from "./rows.ts";

/** A period of one validator on one subnet. */
export interface Period extends Pick<Parties, "netuid" | "validator"> {
  readonly period: number;
  /** Blocks of a period; `PERIOD_BLOCKS` when absent. */
  readonly blocks?: number;
}

/** The secret of a period. Those of other periods do not follow from it. */
export function periodSecret(
  master: Uint8Array,
  { netuid, period }: Pick<Period, "netuid" | "period">,
): Uint8Array {
  return deriveKey(master, "sweep/period", u16(netuid), u32(period));
}

/** What a validator publishes before a period, and what the revealed secret must hash to. */
export function periodCommitment(
  { netuid, validator, period }: Period,
  secret: Uint8Array,
): Uint8Array {
  return framedHash("sweep/commit", u16(netuid), publicKeyOf(validator), u32(period), secret);
}

/** The key of one miner in a period. */
export function minerKey(secret: Uint8Array, miner: Hotkey): Uint8Array {
  return deriveKey(secret, "sweep/miner", publicKeyOf(miner));
}

/** The secret weights of a row's sectors under a miner's key. */
export function weightsOf(key: Uint8Array, stream: KeystreamAt = keystreamAt): readonly bigint[] {
  const bytes = stream(deriveKey(key, "sweep/weights"), 0, SECTORS * ELEMENT_BYTES);
  return Array.from({ length: SECTORS }, (_, at) => readReduced(bytes, at * ELEMENT_BYTES));
}

/**
 * The key of a shard's masks, 16 bytes of keystream per row. Root and size are in it: two contents
 * tagged under one mask would give the weights away.
 */
export function maskKey(key: Uint8Array, { shardId, root, size }: Entry): Uint8Array {
  return deriveKey(key, "sweep/mask", shardId, root, u64(size));
}

/** Masks of rows `from` up to `from + rows`, as they come; only 127 bits of each count. */
export function masksAt(
  key: Uint8Array,
  { from, rows }: { readonly from: number; readonly rows: number },
  stream: KeystreamAt = keystreamAt,
): Uint8Array {
  return stream(key, from * ELEMENT_BYTES, rows * ELEMENT_BYTES);
}
