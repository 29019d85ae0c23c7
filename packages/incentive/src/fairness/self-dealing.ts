import { paidSpan } from "../billing.ts";
import type { InstanceRow } from "../rows.ts";
import { HOUR_US, type Micros, SECOND_US, weekBefore } from "../time.ts";
import type { Owners } from "./instances.ts";

/** Private work by an owner for a user, in the week. */
export interface PrivateWork {
  readonly billedTo: string;
  readonly coldkey: string;
  readonly instances: number;
  readonly seconds: number;
  /** Of all the user's private seconds, in millionths rounded down. */
  readonly shareOfUser: number;
  /** How many owners serve private instances at all. */
  readonly owners: number;
  /** `own_account`: the user is known to be the owner. `only_server`: the user goes to nobody else. */
  readonly tie: "own_account" | "only_server";
}

/** When a user who goes to one owner is worth a look. */
export interface SelfDealingRules {
  /** In millionths. */
  readonly minShare: number;
  readonly minDuration: Micros;
  /** With fewer owners there is hardly a choice. */
  readonly minOwners: number;
}

export const SELF_DEALING_RULES: SelfDealingRules = {
  minShare: 950_000,
  minDuration: 24 * HOUR_US,
  minOwners: 3,
};

/**
 * Finds private instances whose payer is tied to the miner. `accounts` names the owner of a user where
 * that is known from elsewhere; the other tie is circumstantial. Ascending by user and coldkey.
 */
export function selfDealing(
  instances: readonly InstanceRow[],
  owners: Owners,
  accounts: ReadonlyMap<string, string>,
  asOf: Micros,
  rules: SelfDealingRules = SELF_DEALING_RULES,
): readonly PrivateWork[] {
  const works = privateWorks(instances, owners, asOf);
  const perUser = Map.groupBy(works, ({ billedTo }) => billedTo);
  const servers = new Set(works.map(({ coldkey }) => coldkey)).size;
  return [...perUser]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([billedTo, own]) => {
      const total = own.reduce((sum, { duration }) => sum + duration, 0);
      const byOwner = [...Map.groupBy(own, ({ coldkey }) => coldkey)].sort(([a], [b]) =>
        a < b ? -1 : 1,
      );
      return byOwner.flatMap(([coldkey, group]) => {
        const duration = group.reduce((sum, each) => sum + each.duration, 0);
        const shareOfUser = Math.floor((duration / total) * 1_000_000);
        const isOnly =
          shareOfUser >= rules.minShare &&
          duration >= rules.minDuration &&
          servers >= rules.minOwners;
        const tie =
          accounts.get(billedTo) === coldkey ? "own_account" : isOnly ? "only_server" : null;
        if (tie === null) return [];
        const seconds = Math.floor(duration / SECOND_US);
        return [
          {
            billedTo,
            coldkey,
            instances: group.length,
            seconds,
            shareOfUser,
            owners: servers,
            tie,
          },
        ];
      });
    });
}

function privateWorks(instances: readonly InstanceRow[], owners: Owners, asOf: Micros) {
  const week = weekBefore(asOf);
  return instances.flatMap((instance) => {
    const coldkey = owners.get(instance.minerHotkey);
    const { billedTo, activatedAt } = instance;
    if (coldkey === undefined || billedTo === null || activatedAt === null) return [];
    const span = paidSpan(instance, activatedAt, week);
    return span === null ? [] : [{ billedTo, coldkey, duration: span.end - span.start }];
  });
}
