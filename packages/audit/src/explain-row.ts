import type { Hotkey } from "@neurond/primitives";
import type { RowFact } from "./facts.ts";
import {
  type AgreementInput,
  agreementOf,
  type CountedReports,
  isSameRow,
  rowOf,
} from "./recompute.ts";

/** Above this many validators there are too many views to try. */
const MAX_VIEWERS = 10;

/**
 * Whose reports a validator must have missed to come to the row it set; null when no view explains
 * it. A validator that could not reach a peer is not a forger.
 */
export function missedReports(
  input: AgreementInput,
  row: Extract<RowFact, { kind: "row" }>,
  self: Hotkey,
): readonly Hotkey[] | null {
  const others = [...new Set([...input.reports.values()].flatMap((map) => [...map.keys()]))]
    .filter((hotkey) => hotkey !== self)
    .sort();
  if (others.length > MAX_VIEWERS) return null;
  for (const missed of subsets(others)) {
    const reports = without(input.reports, new Set(missed));
    const { weights } = agreementOf({ ...input, reports }, self);
    if (weights !== null && isSameRow(rowOf(weights, row.holders, input.run), row.weights)) {
      return missed;
    }
  }
  return null;
}

/** Small ones first: the simplest explanation is the one to name. */
function subsets<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const all = Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.filter((_, at) => (bits >> at) % 2 === 1),
  );
  return all.sort((a, b) => a.length - b.length).slice(1);
}

function without(reports: CountedReports, missed: ReadonlySet<Hotkey>): CountedReports {
  return new Map(
    [...reports].map(([family, byValidator]) => [
      family,
      new Map([...byValidator].filter(([hotkey]) => !missed.has(hotkey))),
    ]),
  );
}
