import { DOCUMENT } from "@neurond/workload-storage";
import { indexOfRun } from "../run-times.ts";

/** Both ends included; null for none. */
export type Range = readonly [number, number] | null;

/** What part of time a stretch of a log matters to: blocks, and numbers of periods whatever their length. */
export interface Span {
  readonly blocks: Range;
  readonly periods: Range;
}

/** A period by number and length. */
export interface NamedPeriod {
  readonly period: number;
  readonly blocks: number;
}

/** What reading spans goes by. */
export interface SpanRules {
  /** Blocks of a run. */
  readonly runBlocks: number;
  /** Blocks that the longest receipt so far runs: a deletion matters as long. */
  readonly longest: number;
}

export const NO_SPAN: Span = { blocks: null, periods: null };

/** Whether what has a span says anything of a period. */
export function isAbout({ blocks, periods }: Span, due: NamedPeriod): boolean {
  const first = due.period * due.blocks;
  const isIn = blocks !== null && blocks[0] < first + due.blocks && blocks[1] >= first;
  return isIn || (periods !== null && periods[0] <= due.period && due.period <= periods[1]);
}

/** The span of two stretches together. */
export const joined = (a: Span, b: Span): Span => ({
  blocks: around(a.blocks, b.blocks),
  periods: around(a.periods, b.periods),
});

function around(a: Range, b: Range): Range {
  if (a === null || b === null) return a ?? b;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/**
 * The span of an entry, from the very members that say so where it is judged: an entry that misstates
 * them is of no period there either. Nothing is checked here; a year of entries is read in one go.
 */
export function spanOf(text: string, rules: SpanRules): Span {
  const entry = parse(text);
  const body = member(entry, "body");
  const run = blocksOfRun(member(entry, "run_id"), rules);
  switch (member(entry, "type") ?? member(entry, "kind")) {
    case DOCUMENT.commitment:
    case DOCUMENT.reveal:
    case DOCUMENT.burned:
    case DOCUMENT.timelock:
      return { blocks: null, periods: rangeFrom(member(body, "period"), 1) };
    case DOCUMENT.grant: {
      const grant = member(body, "grant");
      const roots = member(grant, "tag_roots");
      const count = Array.isArray(roots) ? roots.length : 0;
      return { blocks: null, periods: rangeFrom(member(grant, "first_period"), count) };
    }
    case DOCUMENT.receipt: {
      const [from, to] = termOf(entry);
      return { blocks: [from, to], periods: null };
    }
    case DOCUMENT.deletion:
      return { blocks: run && [0, run[1] + rules.longest], periods: null };
    case DOCUMENT.plan:
      return { blocks: around(run, rangeFrom(member(body, "beacon_block"), 1)), periods: null };
    case DOCUMENT.inventory:
      return { blocks: run, periods: null };
    case "observation": {
      const beacon = member(member(member(entry, "task"), "beacon"), "block");
      return { blocks: around(run, rangeFrom(beacon, 1)), periods: null };
    }
    default:
      return NO_SPAN;
  }
}

/** Blocks for which a receipt runs; 0 for an entry that is none. */
export function lifeOf(text: string): number {
  if (!text.includes(DOCUMENT.receipt)) return 0;
  const [from, to] = termOf(parse(text));
  return Math.max(0, to - from);
}

/** A receipt that is over still shows for a while that its miner took the shard. */
const AFTER_TERM = 2;

function termOf(entry: unknown): readonly [number, number] {
  const receipt = member(member(entry, "body"), "receipt");
  const [from, to] = [member(receipt, "stored_block"), member(receipt, "expires_block")];
  if (!isCount(from) || !isCount(to)) return [0, 0];
  return [from, from + AFTER_TERM * Math.max(0, to - from)];
}

function blocksOfRun(runId: unknown, { runBlocks }: SpanRules): Range {
  const index = typeof runId === "string" ? indexOfRun(runId) : null;
  return index === null ? null : [index * runBlocks, (index + 1) * runBlocks - 1];
}

function rangeFrom(first: unknown, count: number): Range {
  return isCount(first) && count > 0 ? [first, first + count - 1] : null;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
