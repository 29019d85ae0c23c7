import type { Document } from "@neurond/ledger";
import { fromHex, type Hotkey } from "@neurond/primitives";
import {
  DOCUMENT,
  EntryList,
  linksAfter,
  type PlanBody,
  planOf,
  type RecordedProbe,
} from "@neurond/workload-storage";
import type { BodyStore } from "../../ports/body-store.ts";
import type { RunJournal } from "../../ports/run-journal.ts";
import { timesOf } from "../../run-plan.ts";
import { documentsOf, observationsOf } from "../../run-record.ts";
import type { Rules } from "../../settings.ts";
import type { Identity, Stores } from "../../validator.ts";
import { attached } from "./attached.ts";

/** Where earlier runs are on record. */
export interface BeforeDeps {
  readonly identity: Identity;
  readonly stores: Pick<Stores, "log" | "journal" | "bodies">;
  readonly rules: Pick<Rules, "plan">;
  readonly workload: string;
}

/** Where the last planned run left off. */
export interface Before {
  /** Index of the last run that was opened; -1 before the first. */
  readonly index: number;
  readonly plan: PlanBody | null;
  readonly links: ReadonlyMap<Hotkey, Uint8Array>;
  /** What its inventories listed, by miner: receipts of these shards are in the log. */
  readonly listed: ReadonlyMap<Hotkey, EntryList>;
}

/** What the last run that was opened before this one says. */
export async function readBefore(deps: BeforeDeps, index: number): Promise<Before> {
  const { stores, rules, identity } = deps;
  const { netuid, hotkey: validator } = identity;
  const last = await lastPlanned(stores.journal, index);
  if (last === null) return { index: -1, plan: null, links: new Map(), listed: new Map() };
  const { id } = timesOf(last.index, rules.plan);
  const seen = await observationsOf(stores.log, id, last.size);
  const probes: RecordedProbe[] = [];
  for (const { workload, miner, slot, task, evidence } of seen) {
    if (workload !== deps.workload) continue;
    const whole = await attached(stores.bodies, evidence);
    probes.push({ miner, slot, task, evidence: whole });
  }
  const plan = planOf(last.documents);
  const links = linksAfter(plan, { netuid, validator }, probes);
  const listed = await listedShards(stores.bodies, last.documents);
  return { index: last.index, plan, links, listed };
}

async function lastPlanned(journal: RunJournal, index: number) {
  const latest = await journal.latest("opened");
  // An interrupted opening of this very run must find the run before it.
  const at = latest === undefined || latest.index < index ? latest?.index : undefined;
  if (at === undefined) return null;
  const facts = await journal.read(at);
  return { index: at, size: facts.opened?.size ?? 0, documents: documentsOf(facts) };
}

async function listedShards(
  bodies: BodyStore,
  documents: readonly Document[],
): Promise<ReadonlyMap<Hotkey, EntryList>> {
  const listed = new Map<Hotkey, EntryList>();
  for (const { type, miner, body } of documents) {
    if (type !== DOCUMENT.inventory || miner === null) continue;
    const whole = await attached(bodies, body);
    if (typeof whole !== "object" || whole === null || !("entries" in whole)) continue;
    const { entries } = whole;
    if (typeof entries !== "string") continue;
    listed.set(miner, EntryList.decode(fromHex(entries)));
  }
  return listed;
}
