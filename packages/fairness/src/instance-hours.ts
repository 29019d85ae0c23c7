import { HOUR_US, type InstanceHour, type InstanceRow, type Owners } from "@neurond/incentive";
import type { InstanceTraffic } from "@neurond/warehouse";

/**
 * Traffic with the time each instance could be sent any, for every hour of a chute that had traffic: an
 * instance that was there and got nothing is what a test of fairness is about.
 */
export function instanceHours(
  traffic: readonly InstanceTraffic[],
  instances: readonly InstanceRow[],
  owners: Owners,
): readonly InstanceHour[] {
  const byChute = Map.groupBy(instances, ({ chuteId }) => chuteId);
  const hours = Map.groupBy(traffic, ({ chuteId, hour }) => `${chuteId} ${hour}`);
  return [...hours.values()].flatMap((sent) => {
    const [first] = sent;
    if (first === undefined) return [];
    const { chuteId, hour } = first;
    const byInstance = new Map(sent.map((row) => [row.instanceId, row]));
    return (byChute.get(chuteId) ?? []).flatMap((instance): readonly InstanceHour[] => {
      const coldkey = owners.get(instance.minerHotkey);
      const row = byInstance.get(instance.instanceId);
      const active = activeIn(instance, hour);
      // Sent in the minutes that its row does not cover: it was there for a moment at least.
      if (coldkey === undefined || (active === 0 && row === undefined)) return [];
      return [
        {
          chuteId,
          hour,
          instanceId: instance.instanceId,
          hotkey: instance.minerHotkey,
          coldkey,
          requests: row?.requests ?? 0,
          active: Math.max(active, 1),
          meanSeconds: row?.meanSeconds ?? null,
        },
      ];
    });
  });
}

/** How much of an hour an instance was active. */
export function activeIn(
  { activatedAt, deletedAt }: Pick<InstanceRow, "activatedAt" | "deletedAt">,
  hour: number,
): number {
  if (activatedAt === null) return 0;
  const end = Math.min(deletedAt ?? Number.POSITIVE_INFINITY, hour + HOUR_US);
  return Math.max(0, end - Math.max(activatedAt, hour));
}
