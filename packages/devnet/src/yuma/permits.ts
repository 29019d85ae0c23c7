/** The permits an epoch works with: those stored, and the owner's without asking. */
export function permitsInForce(
  stored: readonly boolean[],
  ownerUid: number | undefined,
): boolean[] {
  return stored.map((permit, uid) => permit || uid === ownerUid);
}

/**
 * Step 3: the permits for the next epoch go to the `maxAllowedValidators` largest non-zero stakes
 * and to the owner. Between equal stakes the higher uid wins (the pallet sorts stably, ascending,
 * and drops from the front).
 */
export function nextPermits(
  stake: Float64Array,
  maxAllowedValidators: number,
  ownerUid: number | undefined,
): boolean[] {
  const staked = [...stake.keys()].filter((uid) => stake[uid] !== 0);
  const ascending = staked.sort((a, b) => (stake[a] as number) - (stake[b] as number));
  const winners = ascending.slice(Math.max(0, ascending.length - maxAllowedValidators));
  const permits = new Array<boolean>(stake.length).fill(false);
  for (const uid of winners) permits[uid] = true;
  if (ownerUid !== undefined && ownerUid < permits.length) permits[ownerUid] = true;
  return permits;
}
