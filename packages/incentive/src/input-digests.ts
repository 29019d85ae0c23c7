import { canonicalJson, domainHash, type Hex, toHex } from "@neurond/primitives";
import { picoOf } from "./fixed.ts";
import { type Member, sortMembers } from "./members.ts";
import type { HistoryRow, InstanceRow } from "./rows.ts";
import type { Micros } from "./time.ts";
import type { Usage } from "./usage.ts";

/** Everything that any profile is computed from; what a profile does not read is left empty. */
export interface ScoringInputs {
  /** Name and version of the rule, such as `compute_units/1`. */
  readonly profile: string;
  readonly asOf: Micros;
  /** The parameters in force: integers and names only. */
  readonly rules: unknown;
  readonly members: readonly Member[];
  readonly usage: ReadonlyMap<string, Usage>;
  readonly instances: readonly InstanceRow[];
  readonly history: readonly HistoryRow[];
  readonly gpuCounts: ReadonlyMap<string, number>;
  readonly blacklist: ReadonlySet<string>;
}

/** A SHA-256 of each table, so that whoever disagrees sees in what, and one of them all to commit to. */
export interface InputDigests {
  readonly tables: Readonly<Record<TableName, Hex>>;
  readonly root: Hex;
}

type TableName =
  | "rules"
  | "members"
  | "usage"
  | "instances"
  | "history"
  | "gpuCounts"
  | "blacklist";

const DOMAIN = "neurond/incentive-inputs/v1";

/** Digests of what scores follow from, the same for everybody who scores the same, in whatever order. */
export function inputDigests(inputs: ScoringInputs): InputDigests {
  const tables = {
    rules: digest("rules", inputs.rules),
    members: digest("members", sortMembers(inputs.members).map(memberCells)),
    usage: digest("usage", sorted([...inputs.usage].map(usageCells))),
    instances: digest("instances", sorted(inputs.instances.map(instanceCells))),
    history: digest("history", sorted(inputs.history.map(historyCells))),
    gpuCounts: digest("gpuCounts", sorted([...inputs.gpuCounts])),
    blacklist: digest("blacklist", [...inputs.blacklist].sort()),
  };
  const { profile, asOf } = inputs;
  return { tables, root: digest("root", { profile, asOf, tables }) };
}

function digest(table: TableName | "root", value: unknown): Hex {
  return toHex(domainHash(`${DOMAIN}/${table}`, canonicalJson(value)));
}

/** Rows as their canonical texts in order: cells differ in kind, texts always compare. */
function sorted(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map(canonicalJson).sort();
}

function memberCells({ hotkey, coldkey, uid }: Member): readonly unknown[] {
  return [hotkey, coldkey, uid];
}

function usageCells([hotkey, usage]: readonly [string, Usage]): readonly unknown[] {
  const { rows, publicRows, invocations, bounties, units, successes, demandUnits } = usage;
  return [hotkey, rows, publicRows, invocations, bounties, units, successes, demandUnits];
}

/** What a score depends on; when a row was seen it does not. */
function instanceCells(instance: InstanceRow): readonly unknown[] {
  return [
    instance.instanceId,
    instance.chuteId,
    instance.minerHotkey,
    instance.createdAt,
    instance.activatedAt,
    instance.deletedAt,
    // An export may hold half of a surrogate pair, which has no UTF-8.
    instance.deletionReason?.toWellFormed() ?? null,
    instance.billedTo,
    instance.stopBillingAt,
    instance.computeMultiplier === null ? null : picoOf(instance.computeMultiplier),
    instance.bounty,
    instance.validTermination,
  ];
}

function historyCells(row: HistoryRow): readonly unknown[] {
  return [row.instanceId, row.startedAt, row.endedAt, picoOf(row.computeMultiplier)];
}
