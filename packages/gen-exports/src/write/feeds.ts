import {
  csvLine,
  HISTORY_COLUMNS,
  historyCells,
  MICROS_PER_HOUR,
  RECONCILIATION_COLUMNS,
  reconciliationCells,
} from "@neurond/exports";
import type { GenOptions } from "../options.ts";
import type { Cast } from "../world/cast.ts";
import { historyRows, type Instance } from "../world/instance.ts";
import { jsonText, writeFile } from "./files.ts";

/** What the validator's API says without committing to it. */
export function writeFeeds(
  root: string,
  options: GenOptions,
  cast: Cast,
  lives: readonly Instance[],
  outcome: { readonly scores: ReadonlyMap<string, number>; readonly banned: ReadonlySet<string> },
): void {
  const { end } = options;
  const write = (name: string, content: string) => writeFile(root, `feeds/${name}`, content);
  write(
    "gpu_count_history.json",
    jsonText(cast.chutes.map(({ id, gpuCount }) => ({ chute_id: id, gpu_count: gpuCount }))),
  );
  write("reconciliation.csv", reconciliation(options, lives));
  const history = lives
    .filter(({ activated }) => activated < end)
    .flatMap((instance) => historyRows(instance, end - 192 * MICROS_PER_HOUR, end));
  write(
    "compute_history.csv",
    [HISTORY_COLUMNS, ...history.map(historyCells)].map(csvLine).join(""),
  );
  write("metagraph.json", jsonText(nodes(cast, outcome.banned)));
  write("scores.json", jsonText(Object.fromEntries(outcome.scores)));
  write("chutes.json", jsonText(chutes(cast, lives, end)));
}

function reconciliation({ end, faults }: GenOptions, lives: readonly Instance[]): string {
  const rows = faults.includes("empty-reconciliation")
    ? []
    : lives.filter(
        ({ activated, deleted }) => activated < end && deleted >= end - 169 * MICROS_PER_HOUR,
      );
  const cells = rows.map(({ id, deleted }) =>
    reconciliationCells({ instance_id: id, deleted_at: deleted < end ? deleted : null }),
  );
  return [RECONCILIATION_COLUMNS, ...cells].map(csvLine).join("");
}

const nodes = ({ validator, miners }: Cast, banned: ReadonlySet<string>) => [
  {
    hotkey: validator.hotkey,
    coldkey: validator.coldkey,
    node_id: validator.uid,
    blacklist_reason: null,
  },
  ...miners.map(({ hotkey, coldkey, uid }) => ({
    hotkey,
    coldkey,
    node_id: uid,
    blacklist_reason: banned.has(hotkey) ? "refused to serve" : null,
  })),
];

function chutes(cast: Cast, lives: readonly Instance[], end: number) {
  const items = cast.chutes.map((chute) => ({
    chute_id: chute.id,
    name: chute.name,
    slug: chute.name,
    standard_template: chute.template === "none" ? null : chute.template,
    user: { username: "chutes" },
    cord_ref_id: chute.template,
    instances: lives
      .filter(
        (instance) => instance.chute === chute && instance.created < end && instance.deleted >= end,
      )
      .map((instance) => ({
        instance_id: instance.id,
        active: instance.activated < end,
        verified: instance.verified < end,
      })),
  }));
  const templates = new Map(cast.chutes.map((chute) => [chute.template, chute.functions]));
  const cord_refs = Object.fromEntries(
    [...templates].map(([template, functions]) => [
      template,
      functions.map((name) => ({
        path: `/${name.replace(/_stream$/, "")}`,
        stream: name.endsWith("_stream"),
      })),
    ]),
  );
  return { total: items.length, items, cord_refs };
}
