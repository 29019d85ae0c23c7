import { createHash, randomBytes } from "node:crypto";
import type { CommitmentFact } from "@neurond/consensus";
import { drandKeyFromSeed, signRound } from "@neurond/crypto";
import { detachBodies, encodeEntry, encodeLogCommitment, type Json } from "@neurond/ledger";
import { toBlockNumber, toHex, toRunId } from "@neurond/primitives";
import {
  answerDigest,
  challengeSeed,
  DOCUMENT,
  type Entry,
  firstLink,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  LEAF_BYTES,
  type Receipt,
  receiptDigest,
  recordSignedReceipt,
  responseHash,
  type ShardReader,
  shardRoot,
  verdictDigest,
} from "@neurond/workload-storage";
import {
  answerSweep,
  type BadTagRecord,
  type Grant,
  grantDigest,
  lockSecret,
  minerKey,
  periodCommitment,
  periodDigest,
  periodSecret,
  proveBadTag,
  recordBadTag,
  recordSignedGrant,
  type SweepTask,
  sweepChallengeOf,
  tagRoot,
  tagShard,
} from "@neurond/workload-storage/sweep";
import { auditStoragePeriod } from "../src/period/period-findings.ts";
import { AnchorBlocks, readStorageLog } from "../src/period/storage-log.ts";
import { OpenSegment } from "../src/segment.ts";
import { hotkeyFor, miners, validators } from "./people.ts";
import { netuid, tools } from "./world.ts";

const [validator] = validators;
const [miner] = miners as [(typeof miners)[number]];

const parties = { netuid, validator: hotkeyFor(validator), miner: hotkeyFor(miner) };
const digest = (name: string) => new Uint8Array(createHash("sha256").update(name).digest());

/** Short, so that numbers of blocks can be read. */
const BLOCKS = 100;
const PERIOD = 5;
const RUN = 5;
const ROUND = 7;
const beaconKey = drandKeyFromSeed(digest("beacon"));
const BEACON_BLOCK = BLOCKS * PERIOD + 10;

/** What a test makes a validator or a miner do. */
export interface Wrong {
  /** The miner lost one bit of its first shard. */
  readonly loses?: true;
  /** The verdict that is signed, whatever is so. */
  readonly verdict?: 0 | 1;
  readonly reveal?: "another secret" | "none" | "before the answers" | "twice";
  /** Documents that are left out of the log. */
  readonly without?: string;
  /** The second shard is not in the inventory. */
  readonly omits?: true;
  /** The validator's tags of the first shard are off by one. */
  readonly tags?: "wrong";
  /** The task names fewer entries than there are grants for. */
  readonly misstates?: true;
  /** A secret is locked until round 7 before the period; the round is out. */
  readonly locks?: "the secret" | "another secret" | "nonsense";
  /** Something that may be signed once is signed again, otherwise. */
  readonly twice?: "inventory" | "plan" | "challenge" | "answer" | "verdict";
}

/** Reads one shard in memory. */
const readerOf = (bytes: Uint8Array = new Uint8Array()): ShardReader => ({
  async readSample({ leaves, ranges }) {
    const part = (from: number, to: number) => bytes.subarray(from * LEAF_BYTES, to * LEAF_BYTES);
    return {
      leaves: leaves.map((leaf) => part(leaf, leaf + 1)),
      hashes: ranges.map(({ from, to }) => shardRoot(part(from, to))),
    };
  },
});

/** Audits one period of a validator with one miner and two shards. */
export async function auditedPeriod(wrong: Wrong = {}) {
  const period = { netuid, validator: parties.validator, period: PERIOD, blocks: BLOCKS };
  const secret = periodSecret(digest("master"), period);
  const commitment = periodCommitment(period, secret);
  const shards = ["a", "b"]
    .map((name) => Buffer.alloc(30_000, digest(name)))
    .map((bytes): { bytes: Uint8Array; entry: Entry } => {
      const size = bytes.length;
      return { bytes, entry: { shardId: digest(`id ${bytes[0]}`), root: shardRoot(bytes), size } };
    })
    .sort((a, b) => Buffer.compare(a.entry.shardId, b.entry.shardId));
  const listed = wrong.omits ? shards.slice(0, 1) : shards;
  const tree = new InventoryTree(listed.map(({ entry }) => entry));
  const tags = shards.map(({ bytes, entry }) =>
    tagShard(bytes, entry, minerKey(secret, parties.miner)),
  );

  const [first] = tags;
  if (wrong.tags === "wrong" && first !== undefined) first[0] = (first[0] ?? 0) ^ 1;

  const documents: (readonly [string, Json])[] = [];
  const say = (type: string, body: object) =>
    documents.push([type, JSON.parse(JSON.stringify(body)) as Json]);
  const sign = (bytes: Uint8Array) => toHex(validator.sign(bytes));
  const committed = { kind: "commitment", period, commitment } as const;
  say(DOCUMENT.commitment, {
    ...period,
    commitment: toHex(commitment),
    signature: sign(periodDigest(committed)),
  });
  if (wrong.locks !== undefined) {
    const until = { round: ROUND, beaconKey: beaconKey.publicKey };
    const locked = wrong.locks === "the secret" ? secret : digest("another secret");
    const ciphertext =
      wrong.locks === "nonsense" ? digest("?") : lockSecret(locked, until, randomBytes(76));
    const statement = { kind: "timelock", period, round: ROUND, ciphertext } as const;
    const signature = sign(periodDigest(statement));
    say(DOCUMENT.timelock, {
      ...period,
      ...{ round: ROUND, ciphertext: toHex(ciphertext), signature },
    });
  }
  for (const [at, { entry }] of shards.entries()) {
    const receipt: Receipt = { ...parties, ...entry, storedBlock: 1, expiresBlock: 10_000 };
    say(
      DOCUMENT.receipt,
      recordSignedReceipt({
        receipt,
        validatorSignature: validator.sign(receiptDigest(receipt)),
        minerSignature: miner.sign(receiptDigest(receipt)),
      }),
    );
    const roots = [tagRoot(tags[at] ?? new Uint8Array())];
    const grant: Grant = { ...parties, ...entry, firstPeriod: PERIOD, tagRoots: roots };
    say(
      DOCUMENT.grant,
      recordSignedGrant({
        grant,
        validatorSignature: validator.sign(grantDigest(grant)),
        minerSignature: miner.sign(grantDigest(grant)),
      }),
    );
  }
  const inventory = inventoryOf(parties, RUN, tree);
  const signature = sign(inventoryDigest(inventory));
  const entriesText = toHex(tree.entries.bytes);
  const { count, total } = inventory;
  const hash = toHex(inventory.hash);
  const prev_link = toHex(firstLink(parties));
  say(DOCUMENT.inventory, {
    ...{ run: RUN, count, total, hash, signature, prev_link, oldest_block: 1 },
    entries: entriesText,
  });
  if (wrong.twice === "inventory") {
    const another = { ...inventory, count: count + 1 };
    say(DOCUMENT.inventory, {
      ...{ run: RUN, count: count + 1, total, hash, prev_link, oldest_block: 1 },
      signature: sign(inventoryDigest(another)),
      entries: entriesText,
    });
  }
  const plan = {
    run: RUN,
    slots: [{ mode: "sweep", deadline_ms: 5_000, bytes_per_second: 100_000_000 }],
    beacon_kind: 0,
    beacon_block: BEACON_BLOCK,
    block: BEACON_BLOCK - 5,
    links: [],
  };
  say(DOCUMENT.plan, plan);
  if (wrong.twice === "plan") say(DOCUMENT.plan, { ...plan, slots: [] });

  const block_hash = toHex(digest("block"));
  const beacon = { kind: 0, block: BEACON_BLOCK, block_hash } as const;
  const probe = ({ budgetRows = 0, concedes = false, receivedMs = 1_500 } = {}) => {
    const draft: SweepTask = {
      mode: "sweep",
      ...parties,
      ...{ run: RUN, slot: 1, prev_link, deadline_ms: 5_000, budget_rows: budgetRows },
      inventory: { count, total, hash, signature },
      beacon: { ...beacon, digest: toHex(new Uint8Array(32)) },
      period_blocks: BLOCKS,
      granted: [[0, wrong.misstates ? 1 : count]],
      commitment: toHex(commitment),
    };
    const task = { ...draft, beacon: { ...beacon, digest: toHex(sweepChallengeOf(draft).beacon) } };
    const seed = challengeSeed(sweepChallengeOf(task));
    const list = listed.map((_, at) => at).slice(0, wrong.misstates ? 1 : count);
    const answer = answerSweep(seed, list, tree.entries, (index) => {
      const sealed = Uint8Array.from(listed[index]?.bytes ?? []);
      if (wrong.loses && index === 0) sealed[1_234] = (sealed[1_234] ?? 0) ^ 1;
      if (concedes && index === 0) return null;
      return { sealed, tags: tags[index] ?? new Uint8Array() };
    });
    const response = responseHash(seed, answer);
    const verdict = wrong.verdict ?? (wrong.loses || concedes ? 0 : 1);
    const claim = { challenge: seed, response, verdict, sentMs: 1_000, receivedMs } as const;
    const said = { verdict, verdict_signature: sign(verdictDigest(claim)) };
    const evidence = {
      challenge_signature: sign(seed),
      answer: toHex(answer),
      answer_signature: toHex(miner.sign(answerDigest(seed, response))),
      ...{ sent_ms: 1_000, received_ms: receivedMs },
      // Of two answers the validator has judged the first.
      ...(concedes ? {} : said),
    };
    return { task: JSON.parse(JSON.stringify(task)) as Json, evidence, verdict };
  };
  const AGAIN: Readonly<Record<string, Parameters<typeof probe>[0]>> = {
    challenge: { budgetRows: 10 ** 6 },
    answer: { concedes: true },
    verdict: { receivedMs: 1_600 },
  };
  const again = AGAIN[wrong.twice ?? ""];

  const bodies = new Map<string, Uint8Array>();
  const detached = (value: Json): Json => {
    const { record, bodies: own } = detachBodies(value);
    for (const [name, body] of own) bodies.set(name, body);
    return record;
  };
  const run_id = toRunId(`run-${RUN}`);
  const common = { v: 1, netuid, validator: parties.validator, run_id } as const;
  const document = ([type, body]: readonly [string, Json]) =>
    encodeEntry({
      kind: "document",
      ...common,
      type,
      miner: type === DOCUMENT.plan ? null : parties.miner,
      body: detached(body),
    });
  const observed = ({ task, evidence, verdict }: ReturnType<typeof probe>) =>
    encodeEntry({
      kind: "observation",
      ...common,
      ...{ workload: "storage/1", slot: 1, miner: parties.miner },
      block: toBlockNumber(BEACON_BLOCK),
      ...{ sent_ms: 1_000, received_ms: 1_500 },
      task: detached(task),
      evidence: detached(evidence),
      outcome: verdict === 1 ? { kind: "passed" } : { kind: "failed", reason: "CLAIMED" },
    });
  const seen = [probe(), ...(again === undefined ? [] : [probe(again)])].map(observed);
  const said = (value: Uint8Array) => {
    const statement = { kind: "reveal", period, secret: value } as const;
    const record = { ...period, secret: toHex(value) };
    const body = { ...record, signature: sign(periodDigest(statement)) };
    return document([DOCUMENT.reveal, JSON.parse(JSON.stringify(body)) as Json]);
  };
  const wrongSecret = digest("another secret");
  const reveals =
    wrong.reveal === "none"
      ? []
      : wrong.reveal === "another secret"
        ? [said(wrongSecret)]
        : wrong.reveal === "twice"
          ? [said(secret), said(wrongSecret)]
          : [said(secret)];
  const planned = documents.filter(([type]) => type !== wrong.without).map(document);
  const isEarly = wrong.reveal === "before the answers";
  const texts = [...planned, ...(isEarly ? [...reveals, ...seen] : [...seen, ...reveals])];
  const open = OpenSegment.open({ from: 0, peaks: [], texts });
  if (open === null) throw new Error("the log does not open");

  const anchor = async (size: number, block: number): Promise<CommitmentFact> => ({
    block,
    block_hash: toHex(digest(`block ${block}`)),
    extrinsic_index: 1,
    extrinsic_hash: toHex(digest(`extrinsic ${block}`)),
    payload: encodeLogCommitment({ size, root: (await open.rootAt(size)) ?? "" }),
  });
  const afterTheFirst = planned.length + (isEarly ? 1 : seen.length);
  const facts = [
    await anchor(1, 400),
    await anchor(planned.length, BEACON_BLOCK - 2),
    await anchor(afterTheFirst, 620),
    await anchor(texts.length, 640),
  ];
  const bodyOf = (name: string) => bodies.get(name);
  const log = readStorageLog(open.entries, parties.validator, bodyOf);
  const anchors = await AnchorBlocks.of(open, facts);
  const about = { netuid, validator: parties.validator, period: PERIOD, blocks: BLOCKS };
  const badTags: BadTagRecord[] = [];
  const [grant] = log.grants;
  if (wrong.tags === "wrong" && grant !== undefined && first !== undefined) {
    const suspect = { grant: grant.value, period: PERIOD, secret, row: 0, tags: first };
    badTags.push(recordBadTag(await proveBadTag(suspect, readerOf(shards[0]?.bytes))));
  }
  const round = {
    beaconKey: beaconKey.publicKey,
    signature: signRound(beaconKey.secret, ROUND),
  };
  const last = facts.at(-1);
  if (last === undefined) throw new Error("nothing is anchored");
  const result = await auditStoragePeriod(
    { ...about, now: 700, log, anchors, bodyOf, badTags, round },
    {
      run: { id: toRunId("run-7") },
      head: { kind: "anchor", fact: last },
      prove: (index) => open.prove(index, texts.length),
    },
    tools.verify,
  );
  return result;
}
