import type { Verify } from "@neurond/crypto";
import { attachBodies } from "@neurond/ledger";
import { canonicalJson, type Hotkey, type Netuid } from "@neurond/primitives";
import {
  type StatementRecord,
  statementOfRecord,
  statementsOfProbe,
  subjectOf,
} from "@neurond/workload-storage";
import { recordSignedGrant } from "@neurond/workload-storage/sweep";
import { contradictor } from "./claims/storage-equivocation.ts";
import type { StorageLog } from "./period/storage-log.ts";

/** Two signed statements of which one key may make one. */
export interface Contradiction {
  readonly signer: Hotkey;
  readonly a: StatementRecord;
  readonly b: StatementRecord;
}

/** Statements of any origin, by what they are about; each that differs from another is kept. */
export class StatementIndex {
  /** By subject, then by what is said. */
  readonly #said = new Map<string, Map<string, StatementRecord>>();
  readonly #verify: Verify;

  constructor(verify: Verify) {
    this.#verify = verify;
  }

  /** Takes a statement in; what it contradicts, if anything that was taken in before. */
  add(record: StatementRecord): Contradiction | null {
    const { name, digest } = subjectOf(statementOfRecord(record).statement);
    const known = this.#said.get(name) ?? new Map<string, StatementRecord>();
    if (known.has(digest)) return null;
    this.#said.set(name, known.set(digest, record));
    for (const earlier of known.values()) {
      // Signatures are looked at where it matters only; what is not signed contradicts nothing.
      const signer = earlier === record ? null : contradictor(earlier, record, this.#verify);
      if (signer !== null) return { signer, a: earlier, b: record };
    }
    return null;
  }
}

/** Whose log it is. */
interface Owner {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
}

/** All statements of a log that their signers may make once, in no order that matters. */
export function* statementsIn(
  log: StorageLog,
  { netuid, validator }: Owner,
  bodyOf: (hash: string) => Uint8Array | undefined,
): Generator<StatementRecord> {
  for (const { value: said } of log.commitments) yield { kind: "commitment", said };
  for (const { value: said } of log.reveals) yield { kind: "reveal", said };
  for (const { value } of log.grants) yield { kind: "grant", said: recordSignedGrant(value) };
  for (const { value } of log.inventories) {
    const { run, count, total, hash, signature } = value.body;
    const said = { netuid, validator, miner: value.miner, run, count, total, hash, signature };
    yield { kind: "inventory", said };
  }
  for (const { value } of log.observations) {
    const [asked, answered] = [value.task, value.evidence].map((part) =>
      attachBodies(part, bodyOf),
    );
    if (asked?.ok && answered?.ok) yield* statementsOfProbe(asked.value, answered.value);
  }
}

/** What a log contradicts itself in. */
export function contradictionsIn(
  log: StorageLog,
  owner: Owner,
  bodyOf: (hash: string) => Uint8Array | undefined,
  verify: Verify,
): readonly Contradiction[] {
  const index = new StatementIndex(verify);
  const found: Contradiction[] = [];
  for (const record of statementsIn(log, owner, bodyOf)) {
    const contradiction = index.add(record);
    if (contradiction !== null) found.push(contradiction);
  }
  return found;
}

/** Places of two plans of one run that differ. */
export function twoPlansIn({ plans }: StorageLog): readonly (readonly [number, number])[] {
  const first = new Map<string, StorageLog["plans"][number]>();
  return plans.flatMap((plan) => {
    const { runId, body } = plan.value;
    const earlier = first.get(runId);
    if (earlier === undefined) first.set(runId, plan);
    if (earlier === undefined || textOf(earlier.value.body) === textOf(body)) return [];
    return [[earlier.index, plan.index] as const];
  });
}

const textOf = (body: object): string => canonicalJson(JSON.parse(JSON.stringify(body)));
