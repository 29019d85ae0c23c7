import { z } from "zod";
import { parseJson, parseShape } from "./reports/parse.ts";

/** What a chain said about one commitment, kept so that an audit can be repeated without it. */
const RecordedCommitment = z.object({
  block: z.int().nonnegative(),
  hotkey: z.string(),
  /** The fields of the call in the block's body; null when no such body is kept. */
  body: z.unknown(),
  /** The answer of `CommitmentOf` at the block as a library delivered it; null when it had none. */
  storage: z.unknown(),
  /** What the node said instead of an answer, such as `State already discarded`. */
  storage_error: z.string().nullable(),
});
export type RecordedCommitment = z.infer<typeof RecordedCommitment>;

const RecordedNeuron = z.object({
  uid: z.int().nonnegative(),
  hotkey: z.string(),
  coldkey: z.string(),
  /** As on chain: 65535 is all of it. */
  incentive: z.int().min(0).max(65_535),
});

const RecordedMetagraph = z.object({
  netuid: z.int().nonnegative(),
  block: z.int().nonnegative(),
  neurons: z.array(RecordedNeuron),
});
/** The neurons of a subnet at a block, with what the chain pays them. */
export type RecordedMetagraph = z.infer<typeof RecordedMetagraph>;

/** One line of `chain/commitments.jsonl`. @throws CodedError REPORT_INVALID */
export function parseRecordedCommitment(line: string): RecordedCommitment {
  const what = "a recorded commitment";
  return parseShape(what, RecordedCommitment, parseJson(what, line, 1 << 20));
}

/** The file `chain/metagraph.json`. @throws CodedError REPORT_INVALID */
export function parseRecordedMetagraph(text: string): RecordedMetagraph {
  const what = "a recorded metagraph";
  return parseShape(what, RecordedMetagraph, parseJson(what, text));
}
