import { CodedError, type RunId, toRunId } from "@neurond/primitives";
import type { LedgerCode } from "./errors.ts";
import type { HeadText } from "./proofs.ts";

/** The pallet takes at most this many fields in one commitment. */
export const MAX_FIELDS = 3;
/** The pallet takes at most this many bytes in one raw field. */
export const MAX_FIELD_BYTES = 128;

/** A commitment to the scores of a run: v1 to one family's hash, v2 to the root over several. */
export interface ScoresCommitment {
  readonly version: 1 | 2;
  readonly runId: RunId;
  /** 64 hexadecimal digits; salted or not, the text looks the same. */
  readonly hash: string;
}

const HASH = /^[0-9a-f]{64}$/;
const SCORES = /^eirel\/scores\/v([12]):([A-Za-z0-9._-]{1,47}):([0-9a-f]{64})$/;
const LOG = /^neurond\/log\/v1:(0|[1-9][0-9]{0,15}):([0-9a-f]{64})$/;

/** `eirel/scores/v1:<run>:<hash>`, the text of one field. */
export function encodeScoresCommitment({ version, runId, hash }: ScoresCommitment): string {
  toRunId(runId);
  return field(`eirel/scores/v${version}:${runId}:${checkedHash(hash)}`);
}

/** Reads the text of a field; null when it is not a commitment to scores. */
export function parseScoresCommitment(text: string): ScoresCommitment | null {
  const [, version, runId, hash] = SCORES.exec(text) ?? [];
  if (version === undefined || runId === undefined || hash === undefined) return null;
  return { version: version === "1" ? 1 : 2, runId: toRunId(runId), hash };
}

/** `neurond/log/v1:<size>:<root>`, the text of one field: how a validator's log begins. */
export function encodeLogCommitment({ size, root }: HeadText): string {
  if (!Number.isSafeInteger(size) || size < 0) throw invalid(`${size} is not the size of a log`);
  return field(`neurond/log/v1:${size}:${checkedHash(root)}`);
}

/** Reads the text of a field; null when it is not a commitment to a log. */
export function parseLogCommitment(text: string): HeadText | null {
  const [, size, root] = LOG.exec(text) ?? [];
  if (size === undefined || root === undefined || !Number.isSafeInteger(Number(size))) return null;
  return { size: Number(size), root };
}

/** What one account says in its slot; every new commitment replaces the whole. */
export interface Commitment {
  readonly scores?: ScoresCommitment;
  readonly log?: HeadText;
}

/** The fields of a commitment, scores first, as raw bytes are handed to the chain. */
export function encodeCommitment({ scores, log }: Commitment): readonly string[] {
  const fields = [
    ...(scores === undefined ? [] : [encodeScoresCommitment(scores)]),
    ...(log === undefined ? [] : [encodeLogCommitment(log)]),
  ];
  if (fields.length === 0) throw invalid("a commitment to nothing");
  return fields;
}

/** Reads the fields on chain; what is not ours is passed over. The first of a kind counts. */
export function parseCommitment(fields: readonly string[]): Commitment {
  const scores = fields.map(parseScoresCommitment).find((found) => found !== null);
  const log = fields.map(parseLogCommitment).find((found) => found !== null);
  return { ...(scores ? { scores } : {}), ...(log ? { log } : {}) };
}

function checkedHash(hash: string): string {
  if (HASH.test(hash)) return hash;
  throw invalid("a hash is 64 lower-case hexadecimal digits");
}

/** Refuses what the pallet would refuse; a cut commitment would commit to something else. */
function field(text: string): string {
  if (text.length <= MAX_FIELD_BYTES) return text;
  throw invalid(`${text.length} bytes do not fit a field of ${MAX_FIELD_BYTES}`);
}

function invalid(reason: string): CodedError<LedgerCode> {
  return new CodedError("COMMITMENT_INVALID", `no commitment: ${reason}`);
}
