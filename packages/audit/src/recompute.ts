import {
  aggregate,
  eligibleStakes,
  minersOf,
  type Payout,
  payProportionally,
  type Quorum,
  viewRoot,
  weightVector,
} from "@neurond/consensus";
import { type FamilyId, type SignedReport, scoresHash } from "@neurond/ledger";
import {
  type Hotkey,
  type Micro,
  toMicro,
  toU16Weights,
  type U16Weight,
  type Uid,
} from "@neurond/primitives";
import type { Holder, Incumbents, Snapshot, SnapshotNeuron } from "./facts.ts";
import type { Rules } from "./rules.ts";
import type { RunTimes } from "./run-times.ts";

/** Reports that count, by family and validator. */
export type CountedReports = ReadonlyMap<FamilyId, ReadonlyMap<Hotkey, SignedReport>>;

/** What a run comes to for one family. */
export interface FamilyAgreement {
  readonly quorum: Quorum;
  readonly viewRoot: string;
  /** Relative shares of miners: medians, or what is held for want of a quorum; null when that is unknown. */
  readonly shares: ReadonlyMap<Hotkey, number> | null;
}

/** What a run comes to. */
export interface Agreement {
  readonly families: ReadonlyMap<FamilyId, FamilyAgreement>;
  /** The vector by hotkey at the run's close, u16; null when a held family's shares are unknown. */
  readonly weights: readonly (readonly [Hotkey, number])[] | null;
}

/** Everything the weights of a run follow from. */
export interface AgreementInput {
  readonly run: RunTimes;
  readonly rules: Rules;
  readonly snapshot: Snapshot;
  readonly reports: CountedReports;
  readonly previous: Incumbents | null;
}

/** Stakes of those whose word counts at the run's close. */
export function eligibleOf(
  { neurons }: Snapshot,
  minStakeRao: bigint,
): ReadonlyMap<Hotkey, bigint> {
  return eligibleStakes(neurons, minStakeRao);
}

/** The weights that `self` has to set, by the same functions that it had to use. */
export function agreementOf(input: AgreementInput, self: Hotkey): Agreement {
  const { run, rules, snapshot, reports, previous } = input;
  const stakes = eligibleOf(snapshot, rules.minStakeRao);
  const candidates = minersOf(snapshot.neurons, rules.minStakeRao);
  const families = new Map<FamilyId, FamilyAgreement>();
  const payouts: Payout[] = [];
  let isKnown = true;
  for (const [family, weight] of rules.families) {
    const heard = [...(reports.get(family) ?? [])].filter(([hotkey]) => stakes.has(hotkey));
    const scores = new Map(heard.map(([hotkey, report]) => [hotkey, report.scores]));
    const { quorum, medians } = aggregate({
      stakes,
      reports: scores,
      candidates,
      self,
      rules: rules.quorum,
    });
    const hashes = new Map(heard.map(([hotkey, report]) => [hotkey, scoresHash(report)]));
    const view = { runId: run.id, familyId: family, close: run.close, stakes, reports: hashes };
    const held = previous === null ? null : (previous.shares.get(family) ?? new Map());
    const shares: ReadonlyMap<Hotkey, number> | null = quorum.holds ? medians : held;
    families.set(family, { quorum, viewRoot: viewRoot(view), shares });
    if (shares === null) isKnown = false;
    else payouts.push(payProportionally(weight, microsOf(shares)));
  }
  return { families, weights: isKnown ? byHotkey(payouts, snapshot.neurons) : null };
}

function byHotkey(
  payouts: readonly Payout[],
  neurons: readonly SnapshotNeuron[],
): readonly (readonly [Hotkey, number])[] {
  const uids = new Map(neurons.map(({ hotkey, uid }) => [hotkey, uid]));
  const hotkeys = new Map<Uid, Hotkey>(neurons.map(({ hotkey, uid }) => [uid, hotkey]));
  return weightVector(payouts, uids).weights.flatMap(({ uid, value }) => {
    const hotkey = hotkeys.get(uid);
    return hotkey === undefined ? [] : [[hotkey, value] as const];
  });
}

function microsOf(shares: ReadonlyMap<Hotkey, number>): ReadonlyMap<Hotkey, Micro> {
  return new Map([...shares].map(([hotkey, share]) => [hotkey, toMicro(share)]));
}

/**
 * The row that a vector must have become on chain: whoever lost the uid, or holds it only since the
 * run's close, is left out at submission.
 */
export function rowOf(
  weights: readonly (readonly [Hotkey, number])[],
  holders: readonly Holder[],
  run: RunTimes,
): readonly U16Weight[] {
  const uids = new Map(
    holders.filter(({ since }) => since <= run.close).map(({ hotkey, uid }) => [hotkey, uid]),
  );
  const scores = new Map<Uid, bigint>();
  for (const [hotkey, value] of weights) {
    const uid = uids.get(hotkey);
    if (uid !== undefined) scores.set(uid, BigInt(value));
  }
  return toU16Weights(scores);
}

/** Whether two rows say the same, value for value. */
export function isSameRow(
  a: readonly { readonly uid: number; readonly value: number }[],
  b: readonly { readonly uid: number; readonly value: number }[],
): boolean {
  const text = (row: typeof a) =>
    row
      .filter(({ value }) => value > 0)
      .map(({ uid, value }) => `${uid}=${value}`)
      .sort()
      .join(" ");
  return text(a) === text(b);
}
