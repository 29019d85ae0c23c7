/** Whether `limit` blocks have passed since the block `last`; a stored 0 means never, and passes. */
export const hasElapsed = (last: bigint, block: number, limit: bigint): boolean =>
  last === 0n || BigInt(block) - last >= limit;

/** Kinds of transaction that `TransactionKeyLastBlock` counts apart. */
export const TRANSACTION = {
  SetChildren: 0,
  SetChildkeyTake: 1,
  SetWeightsVersionKey: 4,
  SetTempo: 11,
} as const;
