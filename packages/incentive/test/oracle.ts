import {
  type BaseBonusRules,
  type FeatureRules,
  type HistoryRow,
  type InstanceRow,
  type InvocationRow,
  type Member,
  type ReportRow,
  toNumber,
} from "@neurond/incentive";
import { HOUR } from "./world.ts";

/** Everything a week's exports hold, as rows. */
export interface Week {
  readonly asOf: number;
  readonly members: readonly Member[];
  readonly invocations: readonly InvocationRow[];
  readonly reports: readonly ReportRow[];
  readonly instances: readonly InstanceRow[];
  readonly history: readonly HistoryRow[];
  readonly gpuCounts: ReadonlyMap<string, number>;
}

type Row = Readonly<Record<string, unknown>>;
const WEEK = 168 * HOUR;
const LEGACY = "561e4875-254d-588f-a36f-57c9cdef8961";
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** SELECT DISTINCT ON (key) * FROM rows ORDER BY key, seen_at DESC. */
function distinctOn<R extends { readonly seenAt: number }>(
  rows: readonly R[],
  key: (row: R) => string,
): readonly R[] {
  const byTime = rows.toSorted((a, b) => b.seenAt - a.seenAt);
  const seen = new Set<string>();
  return byTime.filter((row) => !seen.has(key(row)) && seen.add(key(row)));
}

/** The CASE of the compute query; NULL when nothing applies. */
function time(row: InvocationRow): number | null {
  const m = (row.metrics ?? {}) as { readonly [name: string]: number | null | undefined };
  const value = (name: string) => m[name] ?? null;
  const [nc, steps, masps] = [value("nc"), value("steps"), value("masps")];
  const [it, ot, maspt] = [value("it"), value("ot"), value("maspt")];
  if (nc !== null && nc > 0) return nc;
  if (steps !== null && steps > 0 && masps !== null) return steps * masps;
  if (it !== null && ot !== null && it > 0 && ot > 0 && maspt !== null) return (it + ot) * maspt;
  return row.completedAt === null ? null : (row.completedAt - row.startedAt) / 1e6;
}

/** Rows that count: newest version, within the week, a real uid, no confirmed report on the parent. */
function countedRows(week: Week): readonly InvocationRow[] {
  return distinctOn(week.invocations, (row) => row.invocationId).filter(
    (row) =>
      row.minerUid >= 0 &&
      row.startedAt >= week.asOf - WEEK &&
      row.startedAt < week.asOf &&
      !week.reports.some(
        (report) =>
          report.confirmedAt !== null && report.parentInvocationId === row.parentInvocationId,
      ),
  );
}

function hourlyGpus(instances: readonly InstanceRow[], hotkey: string, week: Week) {
  const floor = (t: number) => Math.floor(t / HOUR) * HOUR;
  const series: number[] = [];
  for (let h = floor(week.asOf - WEEK); h <= floor(week.asOf); h += HOUR) {
    const active = instances.filter((ia) => {
      if (ia.minerHotkey !== hotkey || ia.activatedAt === null || ia.activatedAt > h) return false;
      if (ia.deletedAt !== null && ia.deletedAt < h) return false;
      return ia.billedTo !== null || (ia.deletedAt ?? h) - ia.activatedAt >= HOUR;
    });
    const chutes = new Set(active.map((ia) => ia.chuteId));
    series.push(sum([...chutes].map((chute) => week.gpuCounts.get(chute) ?? 1)));
  }
  return series;
}

/** One hotkey per coldkey, the best; ties by hotkey. */
function bestOnly(scores: ReadonlyMap<string, number>, members: readonly Member[]) {
  const coldkeys = new Map<string, string>(members.map((m) => [m.hotkey, m.coldkey]));
  return new Set(
    [...scores.keys()].filter((hotkey) =>
      [...scores].every(
        ([other, score]) =>
          other === hotkey ||
          coldkeys.get(other) !== coldkeys.get(hotkey) ||
          score < (scores.get(hotkey) ?? 0) ||
          (score === scores.get(hotkey) && other > hotkey),
      ),
    ),
  );
}

function finals(scores: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const total = sum([...scores.values()]);
  return new Map(
    [...scores].filter(([, score]) => score > 0).map(([hotkey, score]) => [hotkey, score / total]),
  );
}

/** Generation one in doubles and loops. */
export function oracleFeatures(week: Week, rules: FeatureRules): ReadonlyMap<string, number> {
  const counted = countedRows(week);
  const isPrivate = (row: InvocationRow) => row.metrics?.p === true && row.chuteId !== LEGACY;
  const succeeded = (row: InvocationRow) =>
    row.completedAt !== null && (row.errorMessage === null || row.errorMessage === "");
  const merged = distinctOn(week.instances, (ia) => ia.instanceId).map((latest) => {
    const all = week.instances.filter((ia) => ia.instanceId === latest.instanceId);
    const values = (name: "activatedAt" | "deletedAt" | "stopBillingAt") =>
      all.map((ia) => ia[name]).filter((value) => value !== null);
    const none = (list: readonly number[], pick: (...values: number[]) => number) =>
      list.length === 0 ? null : pick(...list);
    return {
      ...latest,
      activatedAt: none(values("activatedAt"), Math.min),
      deletedAt: none(values("deletedAt"), Math.max),
      stopBillingAt: none(values("stopBillingAt"), Math.max),
      billedTo: all.find((ia) => ia.billedTo !== null)?.billedTo ?? null,
    };
  });
  const raw = week.members.flatMap(({ hotkey }) => {
    const rows = counted.filter((row) => row.minerHotkey === hotkey);
    if (rows.length === 0) return [];
    const open = rows.filter((row) => !isPrivate(row));
    const active = hourlyGpus(merged, hotkey, week).filter((gpus) => gpus > 0);
    const credits = merged.flatMap((ia) => {
      const reason = ia.deletionReason ?? "";
      const isEnded =
        reason === "job has been terminated due to insufficient user balance" ||
        reason ===
          "user-defined/private chute instance has not been used since shutdown_after_seconds" ||
        reason === "user has zero/negative balance (private chute)" ||
        reason.includes("has an old version");
      if (ia.minerHotkey !== hotkey || ia.billedTo === null || ia.activatedAt === null) return [];
      if (!isEnded && ia.deletedAt !== null) return [];
      if (ia.stopBillingAt !== null && ia.stopBillingAt < week.asOf - WEEK) return [];
      const from = Math.max(ia.activatedAt, week.asOf - WEEK);
      const to = Math.min(ia.stopBillingAt ?? week.asOf, ia.deletedAt ?? week.asOf, week.asOf);
      const seconds = (to - from) / 1e6;
      return seconds > 0 ? [{ seconds, units: seconds * (ia.computeMultiplier ?? 0) }] : [];
    });
    const credited = open.length > 0 ? credits : [];
    return [
      {
        hotkey,
        units:
          sum(
            rows.map(
              (row) =>
                row.bounty +
                (isPrivate(row) || !succeeded(row)
                  ? 0
                  : (row.computeMultiplier ?? 0) * (time(row) ?? 0)),
            ),
          ) + sum(credited.map(({ units }) => units)),
        invocations:
          open.filter(succeeded).length + Math.floor(sum(credited.map(({ seconds }) => seconds))),
        unique: active.length === 0 ? 0 : Math.trunc(sum(active) / active.length),
        bounties: open.filter((row) => row.bounty > 0).length + credited.length,
      },
    ];
  });
  const total = (name: "units" | "invocations" | "bounties") =>
    sum(raw.map((row) => row[name])) || 1;
  const uniques = raw.map((row) => row.unique).filter((unique) => unique > 0);
  uniques.sort((a, b) => a - b);
  const middle = uniques.length / 2;
  const median = ((uniques[Math.ceil(middle) - 1] ?? 0) + (uniques[Math.floor(middle)] ?? 0)) / 2;
  const highest = Math.max(1, ...uniques);
  const powers = raw.map(({ unique }) => (unique / highest) ** (unique >= median ? 1.3 : 2.2));
  const powerSum = sum(powers) || 1;
  const { weights } = rules;
  const scores = new Map(
    raw.map((row, i) => [
      row.hotkey as string,
      (weights.computeUnits * row.units) / total("units") +
        (weights.invocationCount * row.invocations) / total("invocations") +
        (weights.uniqueChuteCount * (powers[i] ?? 0)) / powerSum +
        (weights.bountyCount * row.bounties) / total("bounties"),
    ]),
  );
  const kept = bestOnly(scores, week.members);
  return finals(new Map([...scores].filter(([hotkey]) => kept.has(hotkey))));
}

/** WHERE of generations two and three, as written. */
function eligible(ia: InstanceRow, now: number): boolean {
  const reason = ia.deletionReason ?? "";
  return (
    ia.activatedAt !== null &&
    (ia.deletedAt === null || ia.deletedAt >= now - WEEK) &&
    ((ia.billedTo === null && ia.deletedAt !== null && ia.deletedAt - ia.activatedAt >= HOUR) ||
      ia.validTermination ||
      reason === "job has been terminated due to insufficient user balance" ||
      reason ===
        "user-defined/private chute instance has not been used since shutdown_after_seconds" ||
      reason === "user has zero/negative balance (private chute)" ||
      reason.includes("has an old version") ||
      ia.deletedAt === null)
  );
}

function interval(ia: InstanceRow, from: number, now: number): readonly [number, number] {
  return [Math.max(from, now - WEEK), Math.min(ia.stopBillingAt ?? now, ia.deletedAt ?? now, now)];
}

/** Generation two in doubles and loops. */
export function oracleBaseBonus(week: Week, rules: BaseBonusRules): ReadonlyMap<string, number> {
  const now = week.asOf;
  const latest = distinctOn(week.instances, (ia) => ia.instanceId);
  const billed = latest
    .filter((ia) => eligible(ia, now))
    .map((ia) => ({ ia, span: interval(ia, ia.activatedAt ?? 0, now) }))
    .filter(({ span: [from, to] }) => to > from);
  const counted = countedRows(week);
  const raw = new Map<
    string,
    Row & { base: number; breadth: number; demand: number; bounty: number }
  >();
  for (const { hotkey } of week.members) {
    const own = billed.filter(({ ia }) => ia.minerHotkey === hotkey);
    if (own.length === 0) continue;
    const rows = counted.filter((row) => row.minerHotkey === hotkey);
    const gpus = hourlyGpus(latest, hotkey, week);
    const chutes = new Set(own.filter(({ ia }) => ia.bounty).map(({ ia }) => ia.chuteId));
    const claims = (list: typeof own, chute: string) =>
      list.filter(({ ia }) => ia.bounty && ia.chuteId === chute).length;
    raw.set(hotkey, {
      base: sum(
        own.map(({ ia, span }) => ((span[1] - span[0]) / 1e6) * (ia.computeMultiplier ?? 0)),
      ),
      breadth: Math.round(sum(gpus) / gpus.length),
      demand:
        0.75 * sum(rows.map((row) => (row.computeMultiplier ?? 0) * (time(row) ?? 0))) +
        0.25 * rows.filter((row) => row.completedAt !== null && !row.errorMessage).length,
      bounty: sum(
        [...chutes].map(
          (chute) =>
            ((1 - 0.8 ** claims(own, chute)) / (1 - 0.8)) * claims(billed, chute) ** (0.5 - 1),
        ),
      ),
    });
  }
  const bases = new Map([...raw].map(([hotkey, { base }]) => [hotkey, base]));
  const kept = [...bestOnly(bases, week.members)];
  const column = (name: "base" | "breadth" | "demand" | "bounty") =>
    kept.map((hotkey) => raw.get(hotkey)?.[name] ?? 0);
  const shares = (values: readonly number[]) =>
    values.map((value) => (sum(values) > 0 ? value / sum(values) : 1 / values.length));
  const exponent = rules.exponent.numerator / rules.exponent.denominator;
  const bonus = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return shares(values.map((v) => (high > low ? ((v - low) / (high - low)) ** exponent : 0)));
  };
  const [base, breadth, demand, bounty] = [
    shares(column("base")),
    bonus(column("breadth")),
    bonus(column("demand")),
    bonus(column("bounty")),
  ];
  const weight = rules.baseWeight / 1e6;
  return finals(
    new Map(
      kept.map((hotkey, i) => [
        hotkey,
        weight * (base[i] ?? 0) +
          (1 - weight) *
            (0.3 * (breadth[i] ?? 0) + 0.35 * (demand[i] ?? 0) + 0.35 * (bounty[i] ?? 0)),
      ]),
    ),
  );
}

/** Generation three in doubles and loops. */
export function oracleComputeUnits(
  week: Week,
  blacklist: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const now = week.asOf;
  const history = distinctOn(week.history, (row) => `${row.instanceId}@${row.startedAt}`);
  const scores = new Map<string, number>();
  for (const ia of distinctOn(week.instances, (row) => row.instanceId)) {
    const isMember = week.members.some(({ hotkey }) => hotkey === ia.minerHotkey);
    const [from, to] = interval(ia, ia.createdAt, now);
    if (!isMember || blacklist.has(ia.minerHotkey) || !eligible(ia, now) || to <= from) continue;
    const parts = history.filter(
      (row) =>
        row.instanceId === ia.instanceId && row.startedAt < to && (row.endedAt ?? now) > from,
    );
    const overlaps = parts
      .map((row) => ({
        seconds: (Math.min(to, row.endedAt ?? now) - Math.max(from, row.startedAt)) / 1e6,
        multiplier: row.computeMultiplier,
      }))
      .filter(({ seconds }) => seconds > 0);
    const units =
      overlaps.length > 0
        ? sum(overlaps.map(({ seconds, multiplier }) => seconds * multiplier))
        : ((to - from) / 1e6) * (ia.computeMultiplier ?? 1);
    scores.set(ia.minerHotkey, (scores.get(ia.minerHotkey) ?? 0) + units);
  }
  const kept = bestOnly(scores, week.members);
  return finals(new Map([...scores].filter(([hotkey]) => kept.has(hotkey))));
}

/** The largest difference of shares, over everybody on either side. */
export function largestGap(
  ours: ReadonlyMap<string, bigint>,
  theirs: ReadonlyMap<string, number>,
): number {
  const hotkeys = new Set([...ours.keys(), ...theirs.keys()]);
  return Math.max(
    0,
    ...[...hotkeys].map((key) => Math.abs(toNumber(ours.get(key) ?? 0n) - (theirs.get(key) ?? 0))),
  );
}
