import type { ApiView } from "../../frame/pallet.ts";
import {
  NetworkImmunityPeriod,
  NetworkRegisteredAt,
  SubnetMovingPrice,
} from "../../pallets/subtensor/storage/networks.ts";
import { allNetuids } from "./subnet-reader.ts";

const ROOT = 0;

/** The subnet with the lowest moving price among those whose immunity is over; the older of equals. */
export function subnetToPrune(view: ApiView): number | undefined {
  const { state, block } = view;
  const immunity = NetworkImmunityPeriod.get(state);
  const candidates = allNetuids(view)
    .filter((netuid) => netuid !== ROOT)
    .map((netuid) => ({
      netuid,
      price: SubnetMovingPrice.get(state, netuid).bits,
      registered: NetworkRegisteredAt.get(state, netuid),
    }))
    .filter(({ registered }) => BigInt(block) >= registered + immunity);
  const [first, ...others] = candidates;
  return others.reduce(
    (best, next) =>
      best &&
      (next.price < best.price || (next.price === best.price && next.registered < best.registered))
        ? next
        : best,
    first,
  )?.netuid;
}
