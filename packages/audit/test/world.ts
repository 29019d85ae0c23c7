import type { CommitmentFact } from "@neurond/consensus";
import { type Keypair, verifySr25519Fast } from "@neurond/crypto";
import {
  commitmentOf,
  type Document,
  detachBodies,
  encodeLogCommitment,
  encodeScoresCommitment,
  type HeadText,
  type Json,
  Log,
  type LogEntry,
  MemoryLogStorage,
  type Observation,
  type SignedReport,
  scoreRun,
  signReport,
} from "@neurond/ledger";
import {
  canonicalJson,
  type Hex,
  type Hotkey,
  toBlockNumber,
  toHex,
  toNetuid,
  toUid,
} from "@neurond/primitives";
import { failed, OFFLINE, type Outcome } from "@neurond/workload";
import { type Beacon, beaconDigest, beaconInputs } from "@neurond/workload-storage";
import type { AuditTools } from "../src/context.ts";
import type { RowFact, RunFacts, Snapshot, ValidatorFacts } from "../src/facts.ts";
import { agreementOf, rowOf } from "../src/recompute.ts";
import { type RulesText, readRules } from "../src/rules.ts";
import { timesOf } from "../src/run-times.ts";
import { OpenSegment } from "../src/segment.ts";
import { auditedStorage } from "../src/storage.ts";
import { hotkeyFor, miners, owner, validators } from "./people.ts";
import { answerTo, DOCUMENTS, inventoryBody, planBody } from "./storage-world.ts";

export const netuid = toNetuid(2);
export const RULES: RulesText = {
  blocks: 24,
  beacon_lag: 6,
  beacon_kind: 0,
  commit_window: 8,
  reveal_window: 16,
  quorum_fraction: "1/2",
  min_reporters: 2,
  require_self: true,
  require_commitment: true,
  min_stake_rao: "1000",
  min_tasks: 1,
  mecid: 0,
  families: [["storage-1", 1_000_000]],
};
export const tools: AuditTools = {
  rules: readRules(RULES),
  workloads: [auditedStorage()],
  verify: verifySr25519Fast,
};
/** The run that is audited, and the one before it. */
export const run = timesOf(7, RULES);
const hashOf = (at: number): Hex => `0x${at.toString(16).padStart(64, "0")}`;
export const beacon: Beacon = {
  kind: 0,
  block: run.beacon,
  blockHash: new Uint8Array(32).fill(9),
};

/** What a validator does otherwise than it should; everything left out is honest. */
export interface Script {
  /** Changes what is logged before the beacon. */
  readonly documents?: (documents: readonly Document[]) => readonly Document[];
  /** Changes an observation before it is logged; null leaves it out, several log it several times. */
  readonly observation?: (seen: Observation) => readonly Observation[];
  readonly scores?: (scores: ReadonlyMap<Hotkey, number>) => ReadonlyMap<Hotkey, number>;
  /** Blocks of the plan's anchor and of the commitment; null for none. */
  readonly planAt?: number | null;
  readonly commitAt?: number;
  /** Fields that are committed later on. */
  readonly later?: (report: SignedReport) => readonly CommitmentFact[];
  /** Changes what is known of the validator. */
  readonly facts?: (honest: Told) => ValidatorFacts | Promise<ValidatorFacts>;
  readonly row?: RowFact;
}

/** An honest validator's facts, and what tests need to bend them. */
export interface Told extends ValidatorFacts {
  readonly key: Keypair;
  readonly report: SignedReport;
  readonly entries: readonly LogEntry[];
  readonly sign: (scores: ReadonlyMap<Hotkey, number>, salt?: number) => SignedReport;
}

export const snapshot: Snapshot = {
  block: run.close,
  blockHash: hashOf(run.close),
  neurons: [owner, ...validators, ...miners].map((key, uid) => ({
    uid: toUid(uid),
    hotkey: hotkeyFor(key),
    stakeRao: uid >= 1 && uid <= 3 ? BigInt(10 ** 12 + uid) : 0n,
    validatorPermit: uid >= 1 && uid <= 3,
  })),
};
export const holders = snapshot.neurons.map(({ uid, hotkey }) => ({
  uid,
  hotkey,
  since: toBlockNumber(1),
}));

/** Honest validators are always the same; their answers take time to make. */
const honest = new Map<number, Promise<Told>>();

/** A run of three validators, of whom some follow a script. The third miner never answers. */
export async function worldOf(scripts: Readonly<Record<number, Script>> = {}): Promise<RunFacts> {
  const told = await Promise.all(
    validators.map((key, at) => {
      const script = scripts[at];
      if (script !== undefined) return tell(key, at, script);
      const known = honest.get(at) ?? tell(key, at, {});
      honest.set(at, known);
      return known;
    }),
  );
  const plain: RunFacts = {
    netuid,
    runId: run.id,
    nowMs: 2_000_000,
    snapshot,
    beacon,
    validators: told,
    published: [],
    history: [],
    previous: null,
  };
  const reports = new Map(told.map(({ hotkey, report }) => [hotkey, report] as const));
  const input = {
    run,
    rules: tools.rules,
    snapshot,
    reports: new Map([...tools.rules.families.keys()].map((family) => [family, reports] as const)),
    previous: null,
  };
  const withRows = told.map((one, at): Told => {
    const { weights } = agreementOf(input, one.hotkey);
    const due = rowOf(weights ?? [], holders, run);
    return { ...one, row: scripts[at]?.row ?? rowFact(due) };
  });
  const bent = withRows.map((one, at) => scripts[at]?.facts?.(one) ?? one);
  return { ...plain, validators: await Promise.all(bent) };
}

/** A row that stands on chain at the end of the run's time for weights. */
export function rowFact(
  weights: Extract<RowFact, { kind: "row" }>["weights"],
): Extract<RowFact, { kind: "row" }> {
  const block = toBlockNumber(run.weightsEnd - 1);
  const setAt = toBlockNumber(run.revealEnd + 1);
  return { kind: "row", block, blockHash: hashOf(block), setAt, weights, holders };
}

async function tell(key: Keypair, at: number, script: Script): Promise<Told> {
  const hotkey = hotkeyFor(key);
  const about = { v: 1, netuid, validator: hotkey } as const;
  const bodies = new Map<string, Uint8Array>();
  const detach = (value: Json): Json => {
    const detached = detachBodies(value);
    for (const [hash, body] of detached.bodies) bodies.set(hash, body);
    return detached.record;
  };
  const document = (type: string, miner: Hotkey | null, body: Json): Document => {
    return { kind: "document", ...about, run_id: run.id, type, miner, body: detach(body) };
  };
  const honest = [
    document(DOCUMENTS.plan, null, planBody(run.index, run.beacon)),
    ...miners.map((miner) => {
      const body = inventoryBody(netuid, key, hotkeyFor(miner), run.index);
      return document(DOCUMENTS.inventory, hotkeyFor(miner), body);
    }),
  ];
  const documents = script.documents?.(honest) ?? honest;

  // What an earlier run left in the log.
  const before = Array.from({ length: 5 + at }, (_, n): Document => {
    const old = timesOf(run.index - 1, RULES);
    return { kind: "document", ...about, run_id: old.id, type: "note/1", miner: null, body: n };
  });
  const log = new Log(new MemoryLogStorage());
  await log.append(before);
  const baseHead = textOf(await log.head());
  await log.append(documents);
  const planHead = textOf(await log.head());

  const [audited] = tools.workloads;
  if (audited?.sample === undefined) throw new Error("storage draws its tasks from the record");
  const assignments = audited.sample({
    id: run.id,
    index: run.index,
    netuid,
    validator: hotkey,
    start: run.start,
    seed: beaconDigest(beaconInputs(beacon)),
    miners: miners.map(hotkeyFor).sort(),
    beacon,
    documents: honest,
  });
  const seen: Observation[] = [];
  for (const { hotkey: miner, slot, task } of assignments) {
    const asked = miners.find((one) => hotkeyFor(one) === miner) ?? key;
    const isThere = asked !== miners[2];
    const evidence = isThere ? await answerTo(task, key, asked) : null;
    const outcome: Outcome = isThere ? audited.workload.verify(task, evidence) : OFFLINE;
    const who = { run_id: run.id, workload: audited.workload.name, slot, miner };
    const when = { block: run.beacon, sent_ms: 1_000, received_ms: isThere ? 1_100 : null };
    const observation: Observation = {
      kind: "observation",
      ...about,
      ...who,
      ...when,
      task: detach(task as Json),
      evidence: detach(evidence),
      outcome,
    };
    seen.push(...(script.observation?.(observation) ?? [observation]));
  }
  await log.append(seen);
  const head = textOf(await log.head());
  const { scores, taskCounts } = scoreRun(audited.workload, seen, 1, documents);
  const sign = (told: ReadonlyMap<Hotkey, number>, salt = at + 1) =>
    signReport(
      {
        runId: run.id,
        familyId: audited.family,
        scores: told,
        taskCounts,
        timeMs: 1_000_000,
        checkpoint: head,
        configHash: "00".repeat(32),
        salt: new Uint8Array(32).fill(salt),
      },
      key,
    );
  const report = sign(script.scores?.(scores) ?? scores);

  // The next run opens.
  const next: Document = {
    ...document("note/1", null, 1),
    run_id: timesOf(run.index + 1, RULES).id,
  };
  await log.append([next]);
  const closeHead = textOf(await log.head());
  const { planAt = run.start + 2, commitAt = run.close + 2 } = script;
  const commitments = [
    factAt(run.start - 20, at, encodeLogCommitment(baseHead)),
    ...(planAt === null ? [] : [factAt(planAt, at, encodeLogCommitment(planHead))]),
    factAt(commitAt, at, encodeScoresCommitment(commitmentOf(report))),
    factAt(commitAt, at, encodeLogCommitment(closeHead)),
    ...(script.later?.(report) ?? []),
  ];
  const entries: readonly LogEntry[] = [...before, ...documents, ...seen, next];
  const whole = OpenSegment.open({
    from: 0,
    peaks: [],
    texts: entries.map((e) => canonicalJson(e)),
  });
  if (whole === null) throw new Error("a log from its beginning always opens");
  return {
    key,
    report,
    entries,
    sign,
    hotkey,
    commitments,
    reports: [{ familyId: audited.family, from: hotkey, text: canonicalJson(report) }],
    silent: [],
    log: {
      segment: await whole.slice(baseHead.size, closeHead.size),
      problem: "",
      checkpoints: [],
      tails: [],
    },
    bodies,
    unasked: new Set(),
    row: { kind: "unread", reason: "not read yet" },
  };
}

/** A field of a commitment on an imagined chain. */
export function factAt(block: number, at: number, payload: string): CommitmentFact {
  return {
    block,
    block_hash: hashOf(block),
    extrinsic_index: at,
    extrinsic_hash: hashOf(block * 1000 + at),
    payload,
  };
}

/** A verdict that the evidence does not bear out. */
export const LIE: Outcome = failed("SHARD_ROOT");

function textOf({ size, root }: { readonly size: number; readonly root: Uint8Array }): HeadText {
  return { size, root: toHex(root).slice(2) };
}
