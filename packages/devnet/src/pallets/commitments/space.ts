import type { Hex } from "@neurond/primitives";
import { type BlockContext, ensure } from "../../frame/dispatch.ts";
import { currentEpoch } from "../subtensor/schedule.ts";
import { commitmentsErrors } from "./events.ts";
import { MaxSpace, UsedSpaceOf } from "./storage.ts";
import { type Data, data } from "./types.ts";

/** What even an empty commitment costs. */
const MIN_SPACE = 100;
const HASH_BYTES = 32;

/** Bytes that a field counts for. */
export function spaceOf(field: Data): number {
  switch (field.tag) {
    case "None":
    case "ResetBondsFlag":
      return 0;
    case "BlakeTwo256":
    case "Sha256":
    case "Keccak256":
    case "ShaThree256":
      return HASH_BYTES;
    case "TimelockEncrypted":
      return field.value.encrypted.length;
    case "BigRaw":
      return field.value.length;
    default:
      // Raw: one byte names the length, the rest is content.
      return data.codec.enc(field).length - 1;
  }
}

/** Counts a commitment against what the hotkey may commit in this epoch. */
export function useSpace(
  { state, block }: BlockContext,
  netuid: number,
  who: Hex,
  fields: readonly Data[],
): void {
  const needed = Math.max(
    MIN_SPACE,
    fields.reduce((sum, field) => sum + spaceOf(field), 0),
  );
  const epoch = BigInt(currentEpoch(state, netuid, block));
  const usage = UsedSpaceOf.get(state, netuid, who);
  const used = usage?.last_epoch === epoch ? usage.used_space : 0n;
  const total = used + BigInt(needed);
  ensure(total <= BigInt(MaxSpace.get(state)), commitmentsErrors.SpaceLimitExceeded);
  UsedSpaceOf.set(state, [netuid, who], { last_epoch: epoch, used_space: total });
}
