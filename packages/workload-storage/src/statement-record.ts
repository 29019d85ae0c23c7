import { z } from "zod";
import { type Challenge, MODE } from "./challenge.ts";
import type { SignedStatement, Statement } from "./equivocation.ts";
import { bytesOf, field } from "./fields.ts";
import { MAX_TOTAL_LEAVES } from "./limits.ts";
import { parseSignedGrant, SignedGrantRecord } from "./sweep/grant.ts";
import { CommitmentRecord, RevealRecord } from "./sweep/period-records.ts";

const parties = { netuid: field.netuid, validator: field.hotkey, miner: field.hotkey };
const signature = field.signature;

/** The inputs of a challenge's seed, each hashed as far as the seed hashes it. */
export const ChallengeRecord = z.strictObject({
  ...parties,
  period: field.u32,
  run: field.u32,
  slot: field.u16,
  mode: z.literal(Object.values(MODE)),
  params: field.hexUpTo(0xffff),
  inventory_digest: field.hash,
  beacon: field.hash,
  prev_link: field.hash,
});
export type ChallengeRecord = z.infer<typeof ChallengeRecord>;

/** An inventory without its list: what its validator signs. */
const InventoryRecord = z.strictObject({
  ...parties,
  run: field.u32,
  count: field.u32.min(1),
  total: z.int().min(1).max(MAX_TOTAL_LEAVES),
  hash: field.hash,
  signature,
});

const AskedRecord = z.strictObject({ challenge: ChallengeRecord, signature });

/** `response` is the hash of the answer under its challenge. */
const AnsweredRecord = z.strictObject({
  challenge: ChallengeRecord,
  response: field.hash,
  signature,
});

const VerdictRecord = z.strictObject({
  challenge: ChallengeRecord,
  /** Null where no signed answer came. */
  response: field.hash.nullable(),
  verdict: z.literal([0, 1, 2]),
  sent_ms: field.count,
  received_ms: field.count,
  signature,
});

/** What may be signed once for each thing it is about, in the form that stands in files, by kind. */
export const STATEMENT_RECORDS = {
  commitment: CommitmentRecord,
  reveal: RevealRecord,
  grant: SignedGrantRecord,
  inventory: InventoryRecord,
  challenge: AskedRecord,
  answer: AnsweredRecord,
  verdict: VerdictRecord,
} as const;

export type StatementKind = keyof typeof STATEMENT_RECORDS;

/** A signed statement with its kind: whole, so that it needs nothing else to be checked. */
export type StatementRecord = {
  readonly [Kind in StatementKind]: {
    readonly kind: Kind;
    readonly said: z.infer<(typeof STATEMENT_RECORDS)[Kind]>;
  };
}[StatementKind];

/** The statement of a record, with the signature of whoever has to sign that kind. */
export function statementOfRecord(record: StatementRecord): SignedStatement {
  return {
    statement: statementOf(record),
    signature:
      record.kind === "grant"
        ? bytesOf(record.said.validator_signature)
        : bytesOf(record.said.signature),
  };
}

function statementOf({ kind, said }: StatementRecord): Statement {
  switch (kind) {
    case "commitment": {
      const { signature: _, commitment, ...period } = said;
      return { kind: "period", said: { kind, period, commitment: bytesOf(commitment) } };
    }
    case "reveal": {
      const { signature: _, secret, ...period } = said;
      return { kind: "period", said: { kind, period, secret: bytesOf(secret) } };
    }
    case "grant":
      return { kind, grant: parseSignedGrant(said).grant };
    case "inventory": {
      const { signature: _, hash, ...inventory } = said;
      return { kind, inventory: { ...inventory, hash: bytesOf(hash) } };
    }
    case "challenge":
      return { kind, challenge: challengeOfRecord(said.challenge) };
    case "answer": {
      const { challenge, response } = said;
      return { kind, challenge: challengeOfRecord(challenge), response: bytesOf(response) };
    }
    case "verdict": {
      const { challenge, response, verdict, sent_ms: sentMs, received_ms: receivedMs } = said;
      const claim = {
        response: response === null ? null : bytesOf(response),
        verdict,
        sentMs,
        receivedMs,
      };
      return { kind, challenge: challengeOfRecord(challenge), claim };
    }
  }
}

function challengeOfRecord(record: ChallengeRecord): Challenge {
  const { netuid, validator, miner, run, slot, mode, period } = record;
  return {
    ...{ netuid, validator, miner, run, slot, mode },
    params: bytesOf(record.params),
    inventoryDigest: bytesOf(record.inventory_digest),
    // A seed names the period only: with periods of one block it is the block.
    ...{ beaconBlock: period, periodBlocks: 1 },
    beacon: bytesOf(record.beacon),
    prevLink: bytesOf(record.prev_link),
  };
}
