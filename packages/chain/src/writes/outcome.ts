import type { Runtime } from "../codec/runtime.ts";
import { asVariant } from "../codec/value.ts";
import type { ChainEvent } from "../head.ts";
import type { Refusal } from "../submission.ts";
import { refusedByDispatch } from "./refusal.ts";

/**
 * What went wrong in one extrinsic, judged by its events; undefined when nothing did.
 * An extrinsic that succeeds may carry calls that failed: sudo, batches and proxies say so in
 * events of their own.
 */
export function failureIn(runtime: Runtime, events: readonly ChainEvent[]): Refusal | undefined {
  for (const { pallet, name, fields } of events) {
    const error = errorIn(`${pallet}.${name}`, fields);
    if (error !== undefined) return refusedByDispatch(runtime, error);
  }
  return undefined;
}

/** The member of each event that holds an error or a result. */
const ERRORS: Readonly<Record<string, readonly [field: string, position: number]>> = {
  "System.ExtrinsicFailed": ["dispatch_error", 0],
  "Utility.BatchInterrupted": ["error", 1],
  "Utility.ItemFailed": ["error", 0],
  "Utility.DispatchedAs": ["result", 0],
  "SubtensorModule.BatchWeightItemFailed": ["error", 1],
  "Sudo.Sudid": ["sudo_result", 0],
  "Sudo.SudoAsDone": ["sudo_result", 0],
  "Proxy.ProxyExecuted": ["result", 0],
  "Multisig.MultisigExecuted": ["result", 4],
};

function errorIn(event: string, fields: unknown): unknown {
  const member = ERRORS[event];
  if (member === undefined) return undefined;
  const value = memberOf(fields, ...member);
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  const { kind, value: inner } = asVariant(value);
  if (kind === "Ok") return undefined;
  return kind === "Err" ? inner : value;
}

/** Fields come by name, by position, or as the only one. */
function memberOf(fields: unknown, name: string, position: number): unknown {
  if (Array.isArray(fields)) return fields[position];
  if (typeof fields === "object" && fields !== null && name in fields) {
    return Object.entries(fields).find(([key]) => key === name)?.[1];
  }
  return fields;
}
