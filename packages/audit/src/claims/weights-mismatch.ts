import {
  commitmentOf,
  type FamilyId,
  parseScoresCommitment,
  type SignedReport,
  toFamilyId,
} from "@neurond/ledger";
import {
  canonicalJson,
  domainHash,
  fromHex,
  type Hotkey,
  isCoded,
  parseHotkey,
  toBlockNumber,
  toHex,
  toUid,
} from "@neurond/primitives";
import { z } from "zod";
import type { Holder, Incumbents, RowFact, Snapshot } from "../facts.ts";
import { Fact, soundReport } from "../heads.ts";
import { agreementOf, isSameRow, rowOf } from "../recompute.ts";
import { RulesText, readRules, rulesStated } from "../rules.ts";
import { indexOfRun, type RunTimes, timesOf } from "../run-times.ts";
import { type CheckClaim, malformed, notProven, proven, type Verdict } from "./claim.ts";
import { isSame } from "./contradiction.ts";

const hotkey = z.string().max(64);
const uid = z.int().min(0).max(0xffff);
const block = z.int().min(0).max(0xffff_ffff);
const hash = z.string().regex(/^0x[0-9a-f]{64}$/);

/** Everything the weights of a run follow from, and the row that stands on chain instead. */
export const WeightsMismatch = z.strictObject({
  rules: RulesText,
  snapshot: z.strictObject({
    block,
    block_hash: hash,
    /** uid, hotkey, stake in rao, permit. */
    neurons: z.array(z.tuple([uid, hotkey, z.string().regex(/^\d{1,20}$/), z.boolean()])),
  }),
  reports: z.array(z.strictObject({ report: z.unknown(), commitment: Fact.nullable() })),
  /** Shares of the run before, by family; null when they play no part. */
  held: z
    .array(z.tuple([z.string(), z.array(z.tuple([hotkey, z.int().min(0).max(1_000_000)]))]))
    .nullable(),
  row: z.strictObject({
    block,
    block_hash: hash,
    set_at: block,
    weights: z.array(z.tuple([uid, z.int().min(0).max(0xffff)])),
    /** uid, hotkey, block of registration. */
    holders: z.array(z.tuple([uid, hotkey, block])),
  }),
});
type WeightsMismatch = z.infer<typeof WeightsMismatch>;

/** Computes the run's weights again and compares them with the row. */
export const checkWeightsMismatch: CheckClaim = (claim, accused, { verify }): Verdict => {
  const parsed = WeightsMismatch.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of other weights");
  const index = indexOfRun(accused.runId);
  if (index === null) return notProven("no run of this subnet");
  try {
    const { snapshot, row, reports: given } = parsed.data;
    const rules = readRules(parsed.data.rules);
    const run = timesOf(index, rules.text);
    if (
      snapshot.block !== run.close ||
      row.set_at < run.revealEnd ||
      row.set_at >= run.weightsEnd
    ) {
      return notProven("the snapshot or the row is of another run");
    }
    const reports = new Map<FamilyId, Map<Hotkey, SignedReport>>();
    for (const { report: value, commitment } of given) {
      const validator = (value as { validator_hotkey?: unknown } | null)?.validator_hotkey;
      const report = soundReport(value, parseHotkey(String(validator)), verify);
      const isRun = report?.run_id === accused.runId;
      if (report === null || !isRun || !isCommitted(report, commitment, run, parsed.data)) {
        return notProven("a report does not count");
      }
      const family = reports.get(report.family_id) ?? new Map<Hotkey, SignedReport>();
      reports.set(report.family_id, family.set(report.validator_hotkey, report));
    }
    const input = {
      run,
      rules,
      snapshot: readSnapshot(snapshot),
      reports,
      previous: readHeld(parsed.data.held),
    };
    const { weights } = agreementOf(input, accused.validator);
    if (weights === null) return notProven("what was held before is not stated");
    const due = rowOf(weights, readHolders(row.holders), run);
    const set = row.weights.map(([at, value]) => ({ uid: at, value }));
    if (isSameRow(due, set)) return notProven("the row is the one due");
    return proven(
      given.map(({ commitment }) => commitment),
      [
        stated(`the subnet at block ${snapshot.block} (${snapshot.block_hash})`, snapshot),
        stated(`the row and the uids at block ${row.block} (${row.block_hash})`, row),
        stated("what was held before", parsed.data.held),
        "no other report counts",
        rulesStated(rules.text),
      ],
    );
  } catch (error) {
    if (isCoded(error)) return notProven(error.message);
    throw error;
  }
};

/** A fact of the chain that a reader has to look up, named by what the evidence says it is. */
function stated(what: string, value: unknown): string {
  const digest = toHex(domainHash("neurond/stated/v1", canonicalJson(value)));
  return `${what} is as stated (${digest.slice(2, 18)})`;
}

function isCommitted(
  report: SignedReport,
  fact: z.infer<typeof Fact> | null,
  run: RunTimes,
  { rules }: WeightsMismatch,
): boolean {
  if (fact === null) return !rules.require_commitment;
  const commitment = parseScoresCommitment(fact.payload);
  return (
    commitment !== null && fact.block < run.commitEnd && isSame(commitmentOf(report), commitment)
  );
}

/** Writes down a snapshot. */
export function writeSnapshot({ block: at, blockHash, neurons }: Snapshot) {
  return {
    block: at,
    block_hash: blockHash,
    neurons: neurons.map((neuron) => {
      const { uid: own, hotkey: key, stakeRao, validatorPermit } = neuron;
      return [own, key, stakeRao.toString(), validatorPermit] as const;
    }),
  };
}

function readSnapshot(text: WeightsMismatch["snapshot"]): Snapshot {
  return {
    block: toBlockNumber(text.block),
    blockHash: toHex(fromHex(text.block_hash)),
    neurons: text.neurons.map(([own, key, stake, validatorPermit]) => ({
      uid: toUid(own),
      hotkey: parseHotkey(key),
      stakeRao: BigInt(stake),
      validatorPermit,
    })),
  };
}

/** Writes down a row. */
export function writeRow(row: Extract<RowFact, { kind: "row" }>) {
  return {
    block: row.block,
    block_hash: row.blockHash,
    set_at: row.setAt,
    weights: row.weights.map(({ uid: to, value }) => [to, value] as const),
    holders: row.holders.map(({ uid: own, hotkey: key, since }) => [own, key, since] as const),
  };
}

function readHolders(holders: WeightsMismatch["row"]["holders"]): readonly Holder[] {
  return holders.map(([own, key, since]) => ({
    uid: toUid(own),
    hotkey: parseHotkey(key),
    since: toBlockNumber(since),
  }));
}

/** Writes down what was held before. */
export function writeHeld(previous: Incumbents | null) {
  if (previous === null) return null;
  return [...previous.shares].map(([family, shares]) => [family, [...shares]] as const);
}

function readHeld(held: WeightsMismatch["held"]): Incumbents | null {
  if (held === null) return null;
  const shares = held.map(([family, pairs]): [FamilyId, Map<Hotkey, number>] => [
    toFamilyId(family),
    new Map(pairs.map(([key, share]) => [parseHotkey(key), share])),
  ]);
  return { shares: new Map(shares), weights: [] };
}
