import { MINER_DELETED } from "../billing.ts";
import type { InstanceRow } from "../rows.ts";
import { HOUR_US, type Micros } from "../time.ts";
import { type OwnerRate, ownerRates, type Tally } from "./rates.ts";
import { SIGNIFICANCE, type SignificanceRules } from "./rules.ts";

/** Which coldkey a hotkey belongs to; rows of others are left out. */
export type Owners = ReadonlyMap<string, string>;

/** How many bounties an owner claimed for the instances it activated. */
export interface BountyRate extends OwnerRate {
  /** Most bounties activated within any one hour. */
  readonly burst: number;
}

/** How the instances of an owner ended. */
export interface LifeRate extends OwnerRate {
  /** Activated, and gone within the hour. */
  readonly short: number;
  /** Deleted by the miner while the boost of a bounty had not yet worn off, eight hours. */
  readonly afterBounty: number;
}

const BOUNTY_FADES: Micros = 8 * HOUR_US;

/** Finds owners who claim more bounties than others do for as many activations. */
export function bountyClusters(
  instances: readonly InstanceRow[],
  owners: Owners,
  rules: SignificanceRules = SIGNIFICANCE,
): readonly BountyRate[] {
  const activated = ownedBy(instances, owners).filter(({ row }) => row.activatedAt !== null);
  const tallies = activated.map(({ coldkey, row }) => tallyOf(coldkey, row.bounty));
  const claims = Map.groupBy(
    activated.filter(({ row }) => row.bounty),
    ({ coldkey }) => coldkey,
  );
  return ownerRates(tallies, rules).map((rate) => ({
    ...rate,
    burst: burstOf((claims.get(rate.coldkey) ?? []).map(({ row }) => row.activatedAt ?? 0)),
  }));
}

/** Finds owners who delete their own instances more than others do. */
export function selfDeletions(
  instances: readonly InstanceRow[],
  owners: Owners,
  rules: SignificanceRules = SIGNIFICANCE,
): readonly LifeRate[] {
  const ended = ownedBy(instances, owners).filter(({ row }) => row.deletedAt !== null);
  const byOwner = Map.groupBy(ended, ({ coldkey }) => coldkey);
  const tallies = ended.map(({ coldkey, row }) => tallyOf(coldkey, isSelfDeleted(row)));
  return ownerRates(tallies, rules).map((rate) => {
    const own = (byOwner.get(rate.coldkey) ?? []).map(({ row }) => row);
    const lives = own.map((row) => ({ row, life: lifeOf(row) }));
    return {
      ...rate,
      short: lives.filter(({ life }) => life !== null && life < HOUR_US).length,
      afterBounty: lives.filter(
        ({ row, life }) => row.bounty && isSelfDeleted(row) && life !== null && life < BOUNTY_FADES,
      ).length,
    };
  });
}

function ownedBy(instances: readonly InstanceRow[], owners: Owners) {
  return instances.flatMap((row) => {
    const coldkey = owners.get(row.minerHotkey);
    return coldkey === undefined ? [] : [{ coldkey, row }];
  });
}

function tallyOf(coldkey: string, isHit: boolean): Tally {
  return { coldkey, hits: isHit ? 1 : 0, trials: 1 };
}

function isSelfDeleted({ deletionReason }: InstanceRow): boolean {
  return deletionReason === MINER_DELETED;
}

/** From activation to deletion. */
function lifeOf({ activatedAt, deletedAt }: InstanceRow): Micros | null {
  return activatedAt === null || deletedAt === null ? null : deletedAt - activatedAt;
}

function burstOf(times: readonly Micros[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, time, index) => {
    while (time - (sorted[first] ?? time) >= HOUR_US) first++;
    return Math.max(most, index - first + 1);
  }, 0);
}
