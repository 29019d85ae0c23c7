import type {
  HistoryRow,
  InstanceRow,
  InvocationRow,
  Member,
  Metrics,
  Micros,
} from "@neurond/incentive";
import { coldkeyOf, hotkeyOf, toUid } from "@neurond/primitives";

export const SECOND = 1_000_000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

/** Members in the order of their hotkeys, so that tests may name them A, B, C, D. */
export function members(...coldkeys: readonly number[]): readonly Member[] {
  const hotkeys = coldkeys.map((_, index) => hotkeyOf(new Uint8Array(32).fill(index + 1))).sort();
  return coldkeys.map((cold, index) => ({
    hotkey: hotkeys[index] ?? hotkeyOf(new Uint8Array(32)),
    coldkey: coldkeyOf(new Uint8Array(32).fill(200 + cold)),
    uid: toUid(10 * index),
  }));
}

/** A time as exports write it, in UTC. */
export function at(text: string): Micros {
  return Date.parse(`${text}Z`) * 1000;
}

export function invocation(
  row: Partial<InvocationRow> & Pick<InvocationRow, "minerHotkey" | "startedAt">,
  metrics: Metrics | null = null,
): InvocationRow {
  const id = `i-${row.minerHotkey.slice(0, 6)}-${row.startedAt}`;
  return {
    parentInvocationId: `p-${id}`,
    invocationId: id,
    chuteId: "chute",
    functionName: "chat",
    instanceId: "instance",
    minerUid: 1,
    completedAt: row.startedAt + SECOND,
    errorMessage: null,
    computeMultiplier: 1,
    bounty: 0,
    metrics,
    seenAt: row.startedAt + HOUR,
    ...row,
  };
}

export function instance(
  row: Partial<InstanceRow> & Pick<InstanceRow, "instanceId" | "minerHotkey" | "createdAt">,
): InstanceRow {
  return {
    chuteId: "chute",
    verifiedAt: null,
    activatedAt: row.createdAt,
    deletedAt: null,
    deletionReason: null,
    billedTo: null,
    stopBillingAt: null,
    computeMultiplier: 1,
    bounty: false,
    validTermination: false,
    seenAt: row.createdAt + HOUR,
    ...row,
  };
}

export function stretch(
  instanceId: string,
  computeMultiplier: number,
  startedAt: Micros,
  endedAt: Micros | null,
): HistoryRow {
  return { instanceId, computeMultiplier, startedAt, endedAt, seenAt: startedAt + HOUR };
}
