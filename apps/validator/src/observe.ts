import { readBeacon } from "@neurond/audit/io";
import { detachBodies, isJson, type Json, type Observation } from "@neurond/ledger";
import type { BlockNumber, Hotkey } from "@neurond/primitives";
import {
  type Assignment,
  CONTAINED,
  isSettled,
  OFFLINE,
  type Outcome,
  type OutcomeKind,
  unknown,
} from "@neurond/workload";
import type { Neuron } from "@neurond/workload/io";
import { beaconDigest, beaconInputs } from "@neurond/workload-storage";
import { servingNeurons } from "./discovery/serving-neurons.ts";
import { forEachLimited } from "./for-each-limited.ts";
import type { RunTimes } from "./run-plan.ts";
import { documentsOf, observationsOf, taskKey } from "./run-record.ts";
import type { Validator } from "./validator.ts";
import type { SeededRun, WorkloadEntry } from "./workload-entry.ts";

/** A task, and the workload it is of. */
export interface OpenTask {
  readonly entry: WorkloadEntry;
  readonly assignment: Assignment<unknown>;
}

/**
 * Puts the tasks of a run to their miners, many at once, and records what each came to before it
 * counts. Tasks that are settled in the log are not put again, so an interrupted run goes on where
 * it was. False while the beacon is not there, or while a silent miner is owed its task again.
 */
export async function observe(
  validator: Validator,
  run: RunTimes,
  block: BlockNumber,
  signal: AbortSignal,
): Promise<boolean> {
  const tasks = await openTasks(validator, run, signal);
  if (tasks === null) return false;
  const miners = await minersNow(validator, signal);
  let owed = 0;
  await forEachLimited(tasks, validator.manners.probesAtOnce, signal, async (task) => {
    const { hotkey } = task.assignment;
    const turn = turnOf(validator, task);
    const miner = turn === "never" ? undefined : miners.get(hotkey);
    const kind =
      turn === "later"
        ? CONTAINED.kind
        : await probe(validator, run, task, { miner, block }, signal);
    if (kind === CONTAINED.kind) owed += 1;
  });
  if (owed > 0) return false;
  await validator.stores.journal.write(run.index, "probed", { tasks: tasks.length });
  return true;
}

/** The tasks of a run that the log does not show settled; null while the beacon is not there. */
export async function openTasks(
  validator: Validator,
  run: RunTimes,
  signal: AbortSignal,
): Promise<readonly OpenTask[] | null> {
  const { chain, identity, stores, workloads, beaconKind } = validator;
  const facts = await stores.journal.read(run.index);
  const beacon = await readBeacon(chain, { kind: beaconKind, block: run.beacon }, signal);
  if (beacon === null || facts.opened === undefined) return null;
  const documents = documentsOf(facts);
  const miners = documents.flatMap(({ miner }) => (miner === null ? [] : [miner]));
  const seeded: SeededRun = {
    id: run.id,
    index: run.index,
    netuid: identity.netuid,
    validator: identity.hotkey,
    start: run.start,
    seed: beaconDigest(beaconInputs(beacon)),
    miners: [...new Set(miners)].sort(),
    beacon,
    documents,
  };
  const observed = await observationsOf(stores.log, run.id, facts.opened.size);
  const settled = new Set(observed.filter((o) => isSettled(o.outcome)).map(taskKey));
  const tasks: OpenTask[] = [];
  for (const entry of workloads) {
    for (const assignment of await entry.sample(seeded)) {
      const { hotkey: miner, slot } = assignment;
      const key = taskKey({ workload: entry.workload.name, miner, slot });
      if (!settled.has(key)) tasks.push({ entry, assignment });
    }
  }
  return tasks;
}

/** Records a task that could not be put for a reason of ours. */
export function recordUnknown(
  validator: Validator,
  run: RunTimes,
  { entry, assignment }: OpenTask,
  reason: string,
  block: BlockNumber,
): Promise<void> {
  const at = validator.now();
  const seen = { block, sentMs: at, receivedMs: null, evidence: null, outcome: unknown(reason) };
  return recordSeen(validator, run, { entry, assignment }, seen);
}

async function minersNow(
  validator: Validator,
  signal: AbortSignal,
): Promise<ReadonlyMap<Hotkey, Neuron>> {
  const neurons = await servingNeurons(validator, signal);
  return new Map(neurons.map(({ hotkey, uid, url }) => [hotkey, { hotkey, uid, url }]));
}

/** When a task is put to its miner, by what the miner's capacity came to. */
function turnOf({ discovery }: Validator, { entry, assignment }: OpenTask) {
  const { capability } = entry;
  return capability === undefined ? "now" : discovery.book.mayTake(assignment.hotkey, capability);
}

async function probe(
  validator: Validator,
  run: RunTimes,
  task: OpenTask,
  { miner, block }: { readonly miner: Neuron | undefined; readonly block: BlockNumber },
  signal: AbortSignal,
): Promise<OutcomeKind> {
  const { entry, assignment } = task;
  const sentMs = validator.now();
  const asked = await ask(validator, task, miner, signal);
  // Closed while it was asked: whoever closes the run says what became of the task.
  signal.throwIfAborted();
  const receivedMs = asked.evidence === null ? null : validator.now();
  const { name } = entry.workload;
  if (receivedMs !== null) {
    validator.metrics.probeSeconds.observe({ workload: name }, (receivedMs - sentMs) / 1000);
  }
  const { evidence } = asked;
  const outcome = asked.outcome ?? entry.workload.verify(assignment.task, asked.evidence);
  await recordSeen(validator, run, task, { block, sentMs, receivedMs, evidence, outcome });
  return outcome.kind;
}

/** What a miner answered, or the outcome of its not answering. */
type Asked =
  | { readonly evidence: Json; readonly outcome?: undefined }
  | { readonly evidence: null; readonly outcome: Outcome };

async function ask(
  { log, discovery }: Validator,
  { entry, assignment }: OpenTask,
  miner: Neuron | undefined,
  signal: AbortSignal,
): Promise<Asked> {
  if (miner === undefined || miner.url === null) return { evidence: null, outcome: OFFLINE };
  try {
    const evidence = await entry.prober(miner, assignment.task, signal);
    if (evidence === "offline") {
      const { book } = discovery;
      const isPolled = entry.capability !== undefined;
      return { evidence: null, outcome: isPolled ? book.outcomeOfSilence(miner.hotkey) : OFFLINE };
    }
    if (isJson(evidence)) return { evidence };
    return { evidence: null, outcome: unknown("EVIDENCE_UNRECORDABLE") };
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error, hotkey: miner.hotkey }, "probe failed on our side");
    return { evidence: null, outcome: unknown("PROBE_FAILED") };
  }
}

interface Seen {
  readonly block: BlockNumber;
  readonly sentMs: number;
  readonly receivedMs: number | null;
  readonly evidence: Json;
  readonly outcome: Outcome;
}

async function recordSeen(
  { identity, stores, record, metrics, now, bodyRetentionMs }: Validator,
  run: RunTimes,
  { entry, assignment }: OpenTask,
  seen: Seen,
): Promise<void> {
  const workload = entry.workload.name;
  const task = detachBodies(assignment.task as Json);
  const evidence = detachBodies(seen.evidence);
  const observation: Observation = {
    kind: "observation",
    v: 1,
    netuid: identity.netuid,
    validator: identity.hotkey,
    run_id: run.id,
    workload,
    slot: assignment.slot,
    miner: assignment.hotkey,
    block: seen.block,
    sent_ms: seen.sentMs,
    received_ms: seen.receivedMs,
    task: task.record,
    evidence: evidence.record,
    outcome: seen.outcome,
  };
  // Bodies first: a record that names a body nobody has would convict nobody.
  const bodies = new Map([...task.bodies, ...evidence.bodies]);
  await stores.bodies.put(bodies, now() + bodyRetentionMs);
  await record.append([observation]);
  metrics.probes.inc({ workload, outcome: seen.outcome.kind });
}
