import type { Hex } from "@neurond/primitives";
import type { StateReader } from "../../state/state.ts";
import { SubnetOwner, SubnetOwnerHotkey } from "./storage/networks.ts";
import {
  BlockAtRegistration,
  Emission,
  ImmuneOwnerUidsLimit,
  ImmunityPeriod,
  Keys,
  MinNonImmuneUids,
  SubnetworkN,
} from "./storage/neurons.ts";
import { Owner } from "./storage/stake.ts";

interface Candidate {
  readonly uid: number;
  readonly emission: bigint;
  readonly registered: bigint;
}

/**
 * The uid that the next registration takes over when the subnet is full: the one that earned
 * least, then the oldest. Fresh neurons are immune unless hardly anybody else is left, and the
 * owner's own neurons up to a limit always stay.
 */
export function uidToPrune(state: StateReader, netuid: number, block: number): number | undefined {
  const immortal = immortalUids(state, netuid);
  const immunity = BigInt(ImmunityPeriod.get(state, netuid));
  const all = candidates(state, netuid).filter(({ uid }) => !immortal.has(uid));
  const isImmune = ({ registered }: Candidate) => BigInt(block) - registered < immunity;
  const exposed = all.filter((candidate) => !isImmune(candidate));
  const immune = all.filter(isImmune);
  const enough = exposed.length > MinNonImmuneUids.get(state, netuid);
  return (enough ? lowest(exposed) : (lowest(immune) ?? lowest(exposed)))?.uid;
}

function candidates(state: StateReader, netuid: number): Candidate[] {
  const emission = Emission.get(state, netuid);
  return Array.from({ length: SubnetworkN.get(state, netuid) }, (_, uid) => ({
    uid,
    emission: emission[uid] ?? 0n,
    registered: BlockAtRegistration.get(state, netuid, uid),
  }));
}

const lowest = (all: readonly Candidate[]): Candidate | undefined =>
  all.reduce<Candidate | undefined>(
    (best, candidate) => (best && comesFirst(best, candidate) ? best : candidate),
    undefined,
  );

/** By emission, registration block and uid; the list is in order of uid. */
const comesFirst = (a: Candidate, b: Candidate): boolean =>
  a.emission < b.emission || (a.emission === b.emission && a.registered <= b.registered);

/** The owner's neurons that are never replaced: the owner hotkey first, then the oldest. */
function immortalUids(state: StateReader, netuid: number): Set<number> {
  const owner = SubnetOwner.get(state, netuid);
  const ownerHotkey = SubnetOwnerHotkey.get(state, netuid);
  const keyOf = (uid: number): Hex => Keys.get(state, netuid, uid);
  const rank = ({ uid, registered }: Candidate): readonly [boolean, bigint] => [
    keyOf(uid) !== ownerHotkey,
    registered,
  ];
  return new Set(
    candidates(state, netuid)
      .filter(({ uid }) => keyOf(uid) === ownerHotkey || Owner.get(state, keyOf(uid)) === owner)
      .sort((a, b) => compare(rank(a), rank(b)) || a.uid - b.uid)
      .slice(0, ImmuneOwnerUidsLimit.get(state, netuid))
      .map(({ uid }) => uid),
  );
}

const compare = (a: readonly [boolean, bigint], b: readonly [boolean, bigint]): number =>
  Number(a[0]) - Number(b[0]) || Number(a[1] - b[1]);
