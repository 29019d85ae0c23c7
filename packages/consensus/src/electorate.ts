import type { Hotkey, Uid } from "@neurond/primitives";
import { BURN_UID } from "./burn.ts";
import type { Stakes } from "./quorum.ts";

/** What of a metagraph row at the run's close decides who votes, who is ranked and who holds a place. */
export interface Elector {
  readonly uid: Uid;
  readonly hotkey: Hotkey;
  readonly validatorPermit: boolean;
  readonly stakeRao: bigint;
  /** u16, 65535 = 1. */
  readonly incentive: number;
}

/** Everybody whose word counts, reachable or not: a permit, and enough stake, and some. */
export function eligibleStakes(
  neurons: Iterable<Omit<Elector, "incentive">>,
  minStakeRao: bigint,
): Stakes {
  const stakes = new Map<Hotkey, bigint>();
  for (const neuron of neurons) {
    if (isEligible(neuron, minStakeRao)) stakes.set(neuron.hotkey, neuron.stakeRao);
  }
  return stakes;
}

/**
 * Who may be asked and paid where there is no roster: everybody but the burn's own uid and those
 * whose word counts. A permit alone makes no validator: on a subnet with free places for validators
 * every miner that has earned something is given one.
 */
export function minersOf(
  neurons: Iterable<Omit<Elector, "incentive">>,
  minStakeRao: bigint,
): readonly Hotkey[] {
  return [...neurons]
    .filter((neuron) => neuron.uid !== BURN_UID && !isEligible(neuron, minStakeRao))
    .map(({ hotkey }) => hotkey)
    .sort();
}

function isEligible(
  { validatorPermit, stakeRao }: Pick<Elector, "validatorPermit" | "stakeRao">,
  minStakeRao: bigint,
): boolean {
  return validatorPermit && stakeRao > 0n && stakeRao >= minStakeRao;
}

/** Miners that can be ranked: in the roster and registered, but never the burn's own uid. */
export function candidatesOf(
  neurons: Iterable<Elector>,
  roster: ReadonlySet<Hotkey>,
): readonly Hotkey[] {
  return [...neurons]
    .filter(({ uid, hotkey }) => uid !== BURN_UID && roster.has(hotkey))
    .map(({ hotkey }) => hotkey)
    .sort();
}

/**
 * Who holds the place on chain: the highest incentive, the lower uid on a tie; null for nobody. Uid 0
 * only burns, and a validator without a place in the roster is no miner.
 */
export function incumbentOf(
  neurons: Iterable<Elector>,
  roster: ReadonlySet<Hotkey>,
): Hotkey | null {
  let best: Elector | null = null;
  for (const neuron of neurons) {
    const { uid, incentive } = neuron;
    if (uid === BURN_UID || incentive === 0) continue;
    if (neuron.validatorPermit && !roster.has(neuron.hotkey)) continue;
    const isHigher = best === null || incentive > best.incentive;
    if (isHigher || (incentive === best?.incentive && uid < best.uid)) best = neuron;
  }
  return best?.hotkey ?? null;
}
