import { canonicalJson, domainHash, toHex } from "@neurond/primitives";
import { z } from "zod";

/** What an auditor's signature on a statement covers, and what its digest is of. */
export const DOMAIN = "neurond/export-audit/v1";

/** A week of hours with every figure stays far below. */
export const MAX_STATEMENT_BYTES = 4 * 1024 * 1024;

const Address = z.string().min(40).max(60);
const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.int().nonnegative();
/** A non-negative integer too large for a number. */
const Large = z.string().regex(/^(?:0|[1-9]\d{0,77})$/);
/** Microseconds since 1970, UTC. */
const Time = z.int().nonnegative();
const Word = z.string().max(64);

const Agreement = z.strictObject({
  /** Sum of absolute differences of shares, and the greatest, in 10^-18. */
  l1: Large,
  max_delta: Large,
  agrees: z.boolean(),
});

const Entry = z.strictObject({
  entry_id: z.string().max(64),
  block: Count,
  start: Time,
  end: Time,
  /** SHA-256 of the report's bytes as they came; null when none did. */
  digest: Digest.nullable(),
  verdict: Word,
  method: Word.nullable(),
});

const Score = z.strictObject({
  hotkey: Address,
  uid: Count,
  /** In proportion to the share, exact. */
  score: Large,
  /** Of one, in 10^-18. */
  share: Large,
  actual: Large,
  weight: Large.nullable(),
  published: Large.nullable(),
});

/** What an auditor says, signed, about one validator's exports as of an hour. */
export const Statement = z.strictObject({
  v: z.literal(1),
  auditor: Address,
  netuid: Count,
  /** Place in the auditor's own chain of statements, from 0. */
  sequence: Count,
  /** Digest of the statement before; null of the first. */
  previous: Digest.nullable(),
  made_ms: Count,
  software: z.strictObject({ name: Word, version: Word }),
  validator: Address,
  as_of: Time,
  profile: Word,
  /** Name and version of the formula, and its parameters in force. */
  formula: Word,
  parameters: z.unknown(),
  /** SHA-256 of each table that the scores follow from, and of all of them. */
  inputs: z.record(z.string().max(64), z.string().max(80)),
  inputs_root: z.string().max(80),
  /** Block of the metagraph that was compared with. */
  block: Count,
  verified_hours: Count,
  complete: z.boolean(),
  reconciled: z.boolean(),
  scored_ms: Count,
  entries: z.array(Entry).max(1_000),
  /** Verdicts on miners' own reports, by number. */
  miner_verdicts: z.record(Word, Count),
  scores: z.array(Score).max(10_000),
  metagraph: Agreement,
  weights: Agreement.nullable(),
  published: Agreement.nullable(),
  /** Everything that is critical, and how often each kind was found. */
  critical: z
    .array(
      z.strictObject({
        kind: Word,
        subject: z.string().max(512),
        entry_id: z.string().max(64).nullable(),
        detail: z.string().max(1_000),
      }),
    )
    .max(500),
  findings: z.record(Word, Count),
  signature: z.string().regex(/^0x[0-9a-f]{128}$/),
});
export type Statement = z.infer<typeof Statement>;

/** What the next statement names as its predecessor; with the signature, so that nobody can swap it. */
export function statementDigest(statement: Statement): string {
  return toHex(domainHash(DOMAIN, canonicalJson(statement))).slice(2);
}
