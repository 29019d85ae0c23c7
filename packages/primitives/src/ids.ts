import { CodedError, type PrimitivesCode } from "./errors.ts";

declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** Place of a neuron in a subnet; recycled, so it names nobody without a block. */
export type Uid = Branded<"Uid">;
/** Number of a subnet. */
export type Netuid = Branded<"Netuid">;
/** Number of a mechanism inside a subnet; 0 is the one every subnet has. */
export type Mecid = Branded<"Mecid">;
/** Height of a block. */
export type BlockNumber = Branded<"BlockNumber">;
/** How many epochs a subnet has run (`SubnetEpochIndex`). */
export type EpochIndex = Branded<"EpochIndex">;

/** `GLOBAL_MAX_SUBNET_COUNT` of pallet_subtensor: the stride of mechanisms in storage keys. */
const NETUID_STRIDE = 4096;
const MAX_U16 = 0xffff;
const MAX_MECID = Math.floor(MAX_U16 / NETUID_STRIDE);
const MAX_U32 = 0xffff_ffff;

/** Checks a uid, 0 to 65535. */
export function toUid(value: number): Uid {
  return inRange(value, MAX_U16, "uid") as Uid;
}

/** Checks a netuid, 0 to 4095: a higher one would collide with a mechanism in storage keys. */
export function toNetuid(value: number): Netuid {
  return inRange(value, NETUID_STRIDE - 1, "netuid") as Netuid;
}

/** Checks a mecid, 0 to 15: a higher one has no u16 storage index. */
export function toMecid(value: number): Mecid {
  return inRange(value, MAX_MECID, "mecid") as Mecid;
}

/** Checks a block number, u32. */
export function toBlockNumber(value: number): BlockNumber {
  return inRange(value, MAX_U32, "block number") as BlockNumber;
}

/** Checks an epoch index; u64 on chain, of which the safe integers are reachable. */
export function toEpochIndex(value: number): EpochIndex {
  return inRange(value, Number.MAX_SAFE_INTEGER, "epoch index") as EpochIndex;
}

/** The index of `Weights`, `Bonds`, `LastUpdate`, `Incentive` and commits in storage keys and events. */
export function weightsIndex(netuid: Netuid, mecid: Mecid): number {
  return mecid * NETUID_STRIDE + netuid;
}

/** Takes a storage index apart again. */
export function splitWeightsIndex(index: number): { netuid: Netuid; mecid: Mecid } {
  inRange(index, MAX_U16, "storage index");
  return {
    netuid: toNetuid(index % NETUID_STRIDE),
    mecid: toMecid(Math.floor(index / NETUID_STRIDE)),
  };
}

function inRange(value: number, max: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new CodedError<PrimitivesCode>(
    "ID_OUT_OF_RANGE",
    `${what} ${value} is out of range: give an integer from 0 to ${max}`,
    { value, max },
  );
}
