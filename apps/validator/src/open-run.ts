import { minersOf } from "@neurond/consensus";
import { encodeEntry, type LogEntry } from "@neurond/ledger";
import { toHex } from "@neurond/primitives";
import type { RunTimes } from "./run-plan.ts";
import type { Validator } from "./validator.ts";

const PAGE = 500;

/**
 * Logs what the tasks of a run will be drawn from, before anybody can know the draw. The documents
 * are signed, so they are kept before they are logged: after a crash the same ones are logged, for
 * a second plan of one run would be two plans.
 */
export async function openRun(
  validator: Validator,
  run: RunTimes,
  signal: AbortSignal,
): Promise<void> {
  const { stores, record, log } = validator;
  const { journal } = stores;
  const known = (await journal.read(run.index)).planned;
  const planned =
    known ??
    (await journal.write(run.index, "planned", {
      documents: await planDocuments(validator, run, signal),
      from: (await record.head()).size,
    }));
  if (!(await isLogged(validator, planned.documents, planned.from))) {
    await record.append(planned.documents);
  }
  const { size } = await record.head();
  await journal.write(run.index, "opened", { size });
  log.info({ runId: run.id, documents: planned.documents.length, size }, "run opened");
}

async function planDocuments(
  { identity, chain, workloads, rules }: Validator,
  run: RunTimes,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const { netuid, hotkey: validator } = identity;
  const metagraph = await chain.metagraph({ netuid }, { signal });
  const electors = metagraph.neurons.map((n) => ({ ...n, stakeRao: n.totalStake }));
  const miners = minersOf(electors, rules.minStakeRao);
  const planned = { netuid, validator, times: run, block: metagraph.block, miners };
  const documents: LogEntry[] = [];
  for (const entry of workloads) documents.push(...(await entry.plan(planned, signal)));
  return documents;
}

/** Whether the documents are in the log from `from` on; they were appended together or not at all. */
async function isLogged(
  { stores }: Validator,
  documents: readonly LogEntry[],
  from: number,
): Promise<boolean> {
  const [first] = documents;
  if (first === undefined) return true;
  const text = encodeEntry(first);
  for (let at = from; ; at += PAGE) {
    const texts = await stores.log.read(at, at + PAGE);
    if (texts.includes(text)) return true;
    if (texts.length < PAGE) return false;
  }
}

/** A head as commitments and reports spell it. */
export async function headText(
  record: Validator["record"],
): Promise<{ readonly size: number; readonly root: string }> {
  const { size, root } = await record.head();
  return { size, root: toHex(root).slice(2) };
}
