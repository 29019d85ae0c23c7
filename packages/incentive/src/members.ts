import { CodedError, type Coldkey, type Hotkey, type Uid } from "@neurond/primitives";
import type { IncentiveCode } from "./errors.ts";

/** A neuron of the metagraph that scores are compared with. */
export interface Member {
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
  readonly uid: Uid;
}

/** A member and what it is ranked by. */
export interface Ranked {
  readonly member: Member;
  readonly score: bigint;
}

/** Members in the order of their hotkeys, in which everything here is computed and listed. */
export function sortMembers<M extends Member>(members: readonly M[]): readonly M[] {
  const hotkeys = new Set(members.map(({ hotkey }) => hotkey));
  const uids = new Set(members.map(({ uid }) => uid));
  if (hotkeys.size === members.length && uids.size === members.length) {
    return members.toSorted((a, b) => (a.hotkey < b.hotkey ? -1 : 1));
  }
  throw new CodedError<IncentiveCode>(
    "DUPLICATE_MEMBER",
    "the metagraph names a hotkey or a uid twice: read it at one block",
  );
}

/** Of each coldkey's hotkeys all but the best, each with the one that stands for it; of equals the first stays. */
export function displaced(ranked: readonly Ranked[]): ReadonlyMap<Hotkey, Hotkey> {
  const best = new Map<Coldkey, Ranked>();
  for (const each of ranked) {
    const known = best.get(each.member.coldkey);
    if (known === undefined || each.score > known.score) best.set(each.member.coldkey, each);
  }
  const losers = new Map<Hotkey, Hotkey>();
  for (const { member } of ranked) {
    const kept = best.get(member.coldkey)?.member.hotkey;
    if (kept !== undefined && kept !== member.hotkey) losers.set(member.hotkey, kept);
  }
  return losers;
}
