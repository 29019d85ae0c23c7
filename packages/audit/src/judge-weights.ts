import type { CommitmentFact } from "@neurond/consensus";
import type { Hotkey } from "@neurond/primitives";
import { writeHeld, writeRow, writeSnapshot } from "./claims/weights-mismatch.ts";
import { findingOf, type ValidatorAudit } from "./context.ts";
import { missedReports } from "./explain-row.ts";
import type { Finding } from "./finding.ts";
import { type AgreementInput, agreementOf, isSameRow, rowOf } from "./recompute.ts";

/** What became of a validator's weights. */
export type WeightsState = "ok" | "missing" | "mismatch" | "pending" | "unknown";

/** Compares a validator's row with the one due, u16 for u16. */
export function judgeWeights(
  audit: ValidatorAudit,
  input: AgreementInput,
  commitments: ReadonlyMap<Hotkey, CommitmentFact | null>,
): { readonly state: WeightsState; readonly findings: readonly Finding[] } {
  const { about, run, rules } = audit;
  const { row } = about;
  if (row.kind === "pending") return { state: "pending", findings: [] };
  if (row.kind === "unread") return { state: "unknown", findings: [] };
  if (row.kind === "unset") {
    return { state: "missing", findings: [missing(audit, row, "NOT_SET")] };
  }
  const { weights, families } = agreementOf(input, about.hotkey);
  if (weights === null) return { state: "unknown", findings: [] };
  const due = rowOf(weights, row.holders, run);
  if (isSameRow(due, row.weights)) return { state: "ok", findings: [] };
  const before = input.previous?.weights ?? null;
  if (before !== null && isSameRow(rowOf(before, row.holders, run), row.weights)) {
    // It may still be replaced: only when the time is over it is known to be late.
    if (row.block + 1 < run.weightsEnd) return { state: "pending", findings: [] };
    return { state: "missing", findings: [missing(audit, row, "OF_THE_RUN_BEFORE")] };
  }
  const isHeld = [...families.values()].some(({ quorum }) => !quorum.holds);
  const claim = {
    rules: rules.text,
    snapshot: writeSnapshot(input.snapshot),
    reports: [...input.reports.values()].flatMap((byValidator) =>
      [...byValidator].map(([hotkey, report]) => ({
        report,
        commitment: commitments.get(hotkey) ?? null,
      })),
    ),
    held: isHeld ? writeHeld(input.previous) : null,
    row: writeRow(row),
  };
  const missed = missedReports(input, row, about.hotkey);
  const text = `set ${textOf(row.weights)} in block ${row.setAt}, the reports come to ${textOf(due)}`;
  const finding = findingOf(audit, "WEIGHTS_MISMATCH", text, claim);
  if (isHeld) {
    // A validator that missed an agreement rightly holds an older one: only a quorum convicts.
    const summary = `${text}; there was no quorum, and it may hold an older agreement`;
    return { state: "mismatch", findings: [{ ...finding, severity: "warning", summary }] };
  }
  if (missed === null) return { state: "mismatch", findings: [finding] };
  const summary = `${text}; as if it had not heard ${missed.join(", ")}`;
  return { state: "mismatch", findings: [{ ...finding, severity: "warning", summary }] };
}

function missing(
  audit: ValidatorAudit,
  row: { readonly block: number; readonly setAt: number },
  reason: "NOT_SET" | "OF_THE_RUN_BEFORE",
): Finding {
  const claim = { rules: audit.rules.text, block: row.block, set_at: row.setAt, reason };
  const text =
    reason === "NOT_SET"
      ? `set no weights from block ${audit.run.revealEnd} to ${row.block}`
      : `still had the weights of the run before at block ${row.block}`;
  return findingOf(audit, "WEIGHTS_MISSING", text, claim);
}

function textOf(row: readonly { readonly uid: number; readonly value: number }[]): string {
  const shown = row.slice(0, 8).map(({ uid, value }) => `${uid}=${value}`);
  return `${shown.join(" ")}${row.length > shown.length ? " …" : ""}` || "nothing";
}
