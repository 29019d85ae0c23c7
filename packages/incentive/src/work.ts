import type { InvocationRow, Metrics } from "./rows.ts";
import { SECOND_US } from "./time.ts";

/** A chute that was private before there were private chutes; its attempts count as public. */
const LEGACY_PUBLIC_CHUTE = "561e4875-254d-588f-a36f-57c9cdef8961";

/** Whether somebody pays for the instance itself, so that single attempts on it do not count. */
export function isPrivate({ chuteId, metrics }: InvocationRow): boolean {
  return metrics?.p === true && chuteId !== LEGACY_PUBLIC_CHUTE;
}

/** Whether an attempt ended, and without an error. */
export function isSuccess({ completedAt, errorMessage }: InvocationRow): boolean {
  return completedAt !== null && !isError(errorMessage);
}

/** Whether an error is stated: exports write none as empty. */
export function isError(errorMessage: string | null): boolean {
  return errorMessage !== null && errorMessage !== "";
}

/**
 * Seconds of work in an attempt by the first measure it has: normalised compute, steps, tokens,
 * the clock. An attempt that has not ended and has no measure counts 0, and no clock runs backwards.
 */
export function workSeconds(row: InvocationRow): number {
  return measured(row.metrics) ?? elapsed(row);
}

function measured(metrics: Metrics | null): number | null {
  if (metrics === null) return null;
  const { nc = null, steps = null, masps = null, it = null, ot = null, maspt = null } = metrics;
  if (nc !== null && nc > 0) return nc;
  if (steps !== null && steps > 0 && masps !== null) return steps * masps;
  const hasTokens = it !== null && it > 0 && ot !== null && ot > 0;
  return hasTokens && maspt !== null ? (it + ot) * maspt : null;
}

function elapsed({ startedAt, completedAt }: InvocationRow): number {
  return completedAt === null ? 0 : Math.max(0, completedAt - startedAt) / SECOND_US;
}
