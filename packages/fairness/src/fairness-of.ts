import {
  type BountyRate,
  bountyClusters,
  type ChuteShares,
  chuteShares,
  type LifeRate,
  type MultiplierAnomaly,
  multiplierAnomalies,
  type OwnerRate,
  type OwnerShare,
  type Owners,
  ownerRates,
  ownerShares,
  type PrivateWork,
  selfDealing,
  selfDeletions,
} from "@neurond/incentive";
import { instanceTraffic, mergedInstances, type Warehouse } from "@neurond/warehouse";
import { instanceHours } from "./instance-hours.ts";

/** How a validator treats those it distributes work to, over a window. */
export interface FairnessAccount {
  readonly asOf: number;
  readonly requests: number;
  /** Requests of each chute over its instances. */
  readonly chutes: readonly ChuteShares[];
  /** What all instances of an owner were sent, beside what a fair balancer would have sent. */
  readonly owners: readonly OwnerShare[];
  readonly errors: readonly OwnerRate[];
  readonly bounties: readonly BountyRate[];
  readonly selfDeletions: readonly LifeRate[];
  readonly multipliers: readonly MultiplierAnomaly[];
  readonly privateWork: readonly PrivateWork[];
}

/** Which window, and who owns which hotkey. */
export interface FairnessOptions {
  readonly asOf: number;
  readonly hours?: number;
  /** Coldkey by hotkey. */
  readonly owners: Owners;
}

/** Every test of fairness over the window; what is remarkable is a reason to look, never a proof. */
export async function fairnessOf(
  warehouse: Warehouse,
  { asOf, hours = 168, owners }: FairnessOptions,
): Promise<FairnessAccount> {
  const traffic = await instanceTraffic(warehouse, { asOf, hours });
  const instances = await mergedInstances(warehouse, { asOf, hours });
  const cells = instanceHours(traffic, instances, owners);
  const tallies = traffic.flatMap(({ minerHotkey, failed, requests }) => {
    const coldkey = owners.get(minerHotkey);
    return coldkey === undefined ? [] : [{ coldkey, hits: failed, trials: requests }];
  });
  const stated = instances.flatMap((row) =>
    row.computeMultiplier === null || row.activatedAt === null
      ? []
      : [
          {
            instanceId: row.instanceId,
            chuteId: row.chuteId,
            hotkey: row.minerHotkey,
            at: row.activatedAt,
            stated: row.computeMultiplier,
            expected: null,
          },
        ],
  );
  return {
    asOf,
    requests: traffic.reduce((sum, { requests }) => sum + requests, 0),
    chutes: chuteShares(cells),
    owners: ownerShares(cells),
    errors: ownerRates(tallies),
    bounties: bountyClusters(instances, owners),
    selfDeletions: selfDeletions(instances, owners),
    multipliers: multiplierAnomalies(stated),
    privateWork: selfDealing(instances, owners, new Map(), asOf),
  };
}
