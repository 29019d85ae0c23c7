import type { EpochInput, EpochOutput } from "../../src/yuma/epoch.ts";
import { type PairRow, pairRow, pairsOf } from "../../src/yuma/pair-row.ts";

/**
 * The epoch once more, as slow and as plain as possible: I32F32 as bigint, rows as Maps in the order
 * of their entries, every step written out. What the fast epoch is compared with.
 */
type Row = Map<number, bigint>;

const ONE = 1n << 32n;

export const mul = (a: bigint, b: bigint) => (a * b) >> 32n;
export const div = (a: bigint, b: bigint) => (b === 0n ? 0n : (a << 32n) / b);
const fixed = (value: number) => BigInt(value) << 32n;
const total = (values: Iterable<bigint>) => [...values].reduce((a, b) => a + b, 0n);
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);
const clamp = (x: bigint, low: bigint, high: bigint) => most(low, least(high, x));
const u16 = (x: bigint) => Number(clamp(mul(x, fixed(65_535)) >> 32n, 0n, 65_535n));

function normalized(values: bigint[]): bigint[] {
  const sum = total(values);
  return sum === 0n ? values : values.map((value) => div(value, sum));
}

function mapRows(rows: Row[], change: (value: bigint, i: number, j: number) => bigint): Row[] {
  return rows.map((row, i) => new Map([...row].map(([j, value]) => [j, change(value, i, j)])));
}

function filterRows(rows: Row[], keep: (i: number, j: number, value: bigint) => boolean): Row[] {
  return rows.map((row, i) => new Map([...row].filter(([j, value]) => keep(i, j, value))));
}

function column(rows: Row[], j: number): bigint[] {
  return rows.flatMap((row) => (row.has(j) ? [row.get(j) as bigint] : []));
}

function columnsNormalized(rows: Row[]): Row[] {
  const sums = rows.map((_, j) => total(column(rows, j)));
  return mapRows(rows, (value, _, j) => (sums[j] === 0n ? value : div(value, sums[j] as bigint)));
}

export function exp(x: bigint): bigint {
  const clamped = clamp(x, -20n * ONE, 20n * ONE);
  if (clamped === ONE) return 11_674_931_200n;
  const power = clamped < 0n ? -clamped : clamped;
  let term = power;
  let result = ONE + power;
  for (let i = 2; i <= 31; i++) {
    term = div(mul(term, power), fixed(i));
    result += term;
  }
  return clamped < 0n ? div(ONE, result) : result;
}

export function weightedMedian(
  stake: bigint[],
  score: bigint[],
  candidates: number[],
  minority: bigint,
  low: bigint,
  high: bigint,
): bigint {
  if (candidates.length === 0) return 0n;
  const scoreOf = (k: number) => score[k] as bigint;
  if (candidates.length === 1) return scoreOf(candidates[0] as number);
  const pivot = scoreOf(candidates[Math.floor(candidates.length / 2)] as number);
  const lower = candidates.filter((k) => scoreOf(k) < pivot);
  const higher = candidates.filter((k) => scoreOf(k) > pivot);
  const lowerStake = total(lower.map((k) => stake[k] as bigint));
  const higherStake = total(higher.map((k) => stake[k] as bigint));
  if (minority < low + lowerStake && lower.length > 0) {
    return weightedMedian(stake, score, lower, minority, low, low + lowerStake);
  }
  if (high - higherStake <= minority && higher.length > 0) {
    return weightedMedian(stake, score, higher, minority, high - higherStake, high);
  }
  return pivot;
}

function movingAverage(fresh: Row[], old: Row[], alpha: bigint): Row[] {
  return fresh.map((row, i) => {
    const ema: Row = new Map();
    for (let j = 0; j < fresh.length; j++) {
      const value = mul(alpha, row.get(j) ?? 0n) + mul(ONE - alpha, (old[i] as Row).get(j) ?? 0n);
      if (value > 0n) ema.set(j, value);
    }
    return ema;
  });
}

/** Entries that follow a higher uid are not seen. */
function inOrder(row: Row): Row {
  const seen: Row = new Map();
  let highest = -1;
  for (const [j, value] of row) {
    if (j > highest) seen.set(j, value);
    highest = Math.max(highest, j);
  }
  return seen;
}

export function liquidAlphaOf(
  settings: { low: number; high: number; steepness: number },
  { consensus, weight, bond }: { consensus: bigint; weight: bigint; bond: bigint },
): bigint {
  const low = div(fixed(settings.low), fixed(65_535));
  const high = div(fixed(settings.high), fixed(65_535));
  const buy = clamp(weight - consensus, 0n, ONE);
  const sell = clamp(bond - weight, 0n, ONE);
  const slope = div(fixed(settings.steepness), fixed(-100));
  const x = mul(slope, (weight >= bond ? buy : sell) - ONE / 2n);
  return clamp(low + mul(div(ONE, ONE + exp(x)), high - low), low, high);
}

function liquidAverage(fresh: Row[], old: Row[], consensus: bigint[], input: EpochInput): Row[] {
  return fresh.map((row, i) => {
    const weights = inOrder(row);
    const bonds = inOrder(old[i] as Row);
    const ema: Row = new Map();
    for (const [j, value] of row) {
      const alpha = liquidAlphaOf(input.liquidAlpha as NonNullable<EpochInput["liquidAlpha"]>, {
        consensus: consensus[j] as bigint,
        weight: weights.get(j) ?? 0n,
        bond: bonds.get(j) ?? 0n,
      });
      const kept = mul(ONE - alpha, (old[i] as Row).get(j) ?? 0n);
      const bond = least(ONE, kept + most(0n, mul(alpha, value)));
      if (bond > 0n) ema.set(j, bond);
    }
    return ema;
  });
}

const rowOf = (row: PairRow): Row => new Map(pairsOf(row).map(([j, value]) => [j, BigInt(value)]));

export function referenceEpoch(input: EpochInput): EpochOutput {
  const { n, block, ownerUid, lastUpdate, blockAtRegistration } = input;
  const uids = Array.from({ length: n }, (_, uid) => uid);
  const registered = (uid: number) => blockAtRegistration[uid] as number;
  const active = lastUpdate.map((updated) => updated + input.activityCutoff >= block);

  const filtered = input.stake.map((bits, uid) =>
    bits >> 64n < input.stakeThreshold && uid !== ownerUid ? 0n : bits,
  );
  const stakeSum = total(filtered);
  const stake = filtered.map((bits) =>
    stakeSum === 0n ? bits >> 32n : ((bits << 64n) / stakeSum) >> 32n,
  );

  const permits = input.validatorPermit.map((permit, uid) => permit || uid === ownerUid);
  const stakeOf = (uid: number) => stake[uid] as bigint;
  const ascending = [...uids].sort((a, b) =>
    stakeOf(a) < stakeOf(b) ? -1 : stakeOf(a) > stakeOf(b) ? 1 : 0,
  );
  const losers = new Set(ascending.slice(0, Math.max(0, n - input.maxAllowedValidators)));
  const validatorPermit = uids.map(
    (uid) => uid === ownerUid || (stakeOf(uid) !== 0n && !losers.has(uid)),
  );
  const voting = normalized(stake.map((s, uid) => (active[uid] && permits[uid] ? s : 0n)));

  let weights = input.weights.map((row, i) => (permits[i] ? rowOf(row) : new Map()));
  weights = filterRows(weights, (i, j) => i !== j || i === ownerUid);
  weights = filterRows(weights, (i, j) => (lastUpdate[i] as number) > registered(j));
  weights = filterRows(weights, (i, j) => {
    const commit = input.earliestCommit?.[i];
    return commit === undefined || commit >= registered(j);
  });
  weights = mapRows(weights, (value) => value << 32n);
  const rowSums = weights.map((row) => total(row.values()));
  weights = mapRows(weights, (value, i) =>
    rowSums[i] === 0n ? value : div(value, rowSums[i] as bigint),
  );

  const voters = uids.filter((uid) => (voting[uid] as bigint) > 0n);
  const votes = normalized(voters.map((uid) => voting[uid] as bigint));
  const voteSum = total(votes);
  const kappa = div(fixed(input.kappa), fixed(65_535));
  const consensus = uids.map((j) => {
    const scores = voters.map((i) => (weights[i] as Row).get(j) ?? 0n);
    return weightedMedian(votes, scores, [...votes.keys()], voteSum - kappa, 0n, voteSum);
  });
  const limit = (j: number) => consensus[j] as bigint;
  const clipped = mapRows(
    filterRows(weights, (_, j, value) => value <= limit(j) || limit(j) > 0n),
    (value, _, j) => least(value, limit(j)),
  );
  const trust = clipped.map((row) => total(row.values()));
  const ranks = uids.map((j) =>
    total(clipped.map((row, i) => mul(voting[i] as bigint, row.get(j) ?? 0n))),
  );
  const incentive = normalized(ranks);

  const penalty = div(fixed(input.bondsPenalty), fixed(65_535));
  const mixed = weights.map((row, i) => {
    const result: Row = new Map();
    for (const j of uids) {
      const value = row.get(j) ?? 0n;
      const clip = (clipped[i] as Row).get(j) ?? 0n;
      const between = value + mul(penalty, clip - value);
      if (between > 0n) result.set(j, between);
    }
    return result;
  });
  const forBonds = penalty === 0n ? weights : penalty === ONE ? clipped : mixed;

  const step = input.lastMechanismStepBlock;
  const lastTempo = step === 0 ? Math.max(0, block - input.tempo) : step + 1;
  const standing = filterRows(input.bonds.map(rowOf), (_, j) => lastTempo > registered(j));
  const oldBonds = mapRows(standing, (value) => value << 32n);
  const average =
    ((input.bondsMovingAverage === 0 ? 0n : BigInt(input.bondsMovingAverage)) << 64n) / 1_000_000n;
  const alpha = ONE - (average >> 32n);

  let bonds: Row[];
  let dividends: bigint[];
  const along = (rows: Row[]) =>
    rows.map((row) => total([...row].map(([j, value]) => mul(incentive[j] as bigint, value))));
  if (input.yuma3) {
    const old = mapRows(oldBonds, (value) => div(value, fixed(65_535)));
    const liquid = input.liquidAlpha !== undefined && consensus.some((value) => value !== 0n);
    bonds = liquid
      ? liquidAverage(forBonds, old, consensus, input)
      : movingAverage(forBonds, old, alpha);
    const earned = along(columnsNormalized(bonds));
    dividends = normalized(earned.map((value, i) => mul(value, voting[i] as bigint)));
  } else {
    const delta = mapRows(forBonds, (value, i) => mul(value, voting[i] as bigint));
    const ema = movingAverage(columnsNormalized(delta), columnsNormalized(oldBonds), alpha);
    const share = columnsNormalized(ema);
    dividends = normalized(along(share));
    const highest = uids.map((j) => column(share, j).reduce(most, 0n));
    bonds = mapRows(share, (value, _, j) => div(value, highest[j] as bigint));
  }

  const combined = incentive.map((value, uid) => value + (dividends[uid] as bigint));
  const sum = total(combined);
  const fallback = voting.every((value) => value === 0n) ? stake : voting;
  const validatorShare = sum === 0n ? fallback : dividends.map((value) => div(value, sum));
  const serverShare = incentive.map((value) => div(value, sum));
  const combinedShare = sum === 0n ? fallback : normalized(combined);
  const amounts = (shares: bigint[]) => shares.map((share) => (share * input.emission) >> 32n);
  return {
    active,
    consensus: consensus.map(u16),
    incentive: incentive.map(u16),
    dividends: dividends.map(u16),
    validatorTrust: trust.map(u16),
    validatorPermit,
    stakeWeight: stake.map(u16),
    bonds: bonds.map((row, i) =>
      pairRow(validatorPermit[i] ? [...row].map(([j, value]) => [j, u16(value)] as const) : []),
    ),
    serverEmission: amounts(serverShare),
    validatorEmission: amounts(validatorShare),
    emission: amounts(combinedShare),
  };
}
