import { type Document, detachBodies, isJson, type Json } from "@neurond/ledger";
import { canonicalJson, type Hotkey, type Netuid } from "@neurond/primitives";
import { type Beacon, beaconDigest, beaconInputs } from "@neurond/workload-storage";
import { taskOf } from "./claims/verdict-forged.ts";
import type { RunTimes } from "./run-times.ts";
import type { PlacedEntry } from "./segment.ts";
import type { AuditedWorkload } from "./workload.ts";

/** Tasks by name, each with whether a recorded one is it; null when the workload does not tell. */
export type PlannedTasks = ReadonlyMap<string, (task: Json) => boolean> | null;

/** The tasks of a run that follow from what was logged before its beacon. */
export function plannedTasks(
  { workload, sample, drawn }: AuditedWorkload,
  run: RunTimes,
  who: { readonly netuid: Netuid; readonly validator: Hotkey },
  beacon: Beacon | null,
  logged: readonly PlacedEntry[],
): PlannedTasks {
  if (sample === undefined || beacon === null) return null;
  const documents = logged.flatMap(({ entry }): readonly Document[] =>
    entry?.kind === "document" && entry.run_id === run.id ? [entry] : [],
  );
  const miners = documents.flatMap(({ miner }) => (miner === null ? [] : [miner]));
  const seeded = {
    ...who,
    id: run.id,
    index: run.index,
    start: run.start,
    seed: beaconDigest(beaconInputs(beacon)),
    miners: [...new Set(miners)].sort(),
    beacon,
    documents,
  };
  const name = (miner: Hotkey, slot: number) =>
    taskOf({ run_id: run.id, workload: workload.name, miner, slot });
  return new Map([
    ...sample(seeded).map(({ hotkey, slot, task }) => {
      const text = textOf(task);
      return [name(hotkey, slot), (found: Json) => canonicalJson(found) === text] as const;
    }),
    ...(drawn?.(seeded) ?? []).map(
      ({ hotkey, slot, isTask }) => [name(hotkey, slot), isTask] as const,
    ),
  ]);
}

/** A task as its observation must state it. */
function textOf(task: unknown): string {
  return isJson(task) ? canonicalJson(detachBodies(task).record) : "";
}
