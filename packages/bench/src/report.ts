import { availableParallelism, cpus } from "node:os";
import { meetsTarget, type Result } from "./measure.ts";

/** What `--json` prints, one object per invocation. */
export interface Report {
  readonly name: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  readonly rows: readonly Result[];
}

/** The machine that figures are of: without it they mean nothing. */
export function thisMachine(): Report["machine"] {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
  };
}

/** The report for people: one line per metric, and which targets are met. */
export function formatTable({ name, machine, rows }: Report): string {
  const cells = [HEAD, ...rows.map(lineOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => width(line[column]))));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const promised = rows.filter(({ target }) => target !== null);
  const met = promised.filter(meetsTarget).length;
  return [
    `bench ${name}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    ...lines,
    ...rows.flatMap(({ metric, note }) => (note === undefined ? [] : [`${metric}: ${note}`])),
    `${met} of ${promised.length} targets met`,
  ].join("\n");
}

const HEAD = ["metric", "value", "target", "met", "reference", "ratio", "spread"];

function lineOf(row: Result): string[] {
  const { metric, value, unit, better, target, reference, ratio } = row;
  const met = meetsTarget(row);
  return [
    metric,
    `${value} ${unit}`,
    target === null ? "-" : `${better === "higher" ? ">=" : "<="} ${target} ${unit}`,
    met === undefined ? "-" : met ? "yes" : "NO",
    reference ? `${reference.value} ${unit} (${reference.name})` : "-",
    ratio === null ? "-" : `${ratio}x`,
    `${Math.round(row.spread * 100)} %`,
  ];
}

function width(cell: string | undefined): number {
  return cell?.length ?? 0;
}
