import { pedersenSuite, type Verify, verifyInclusion, verifySr25519Fast } from "@neurond/crypto";
import { failed, type Outcome, passed, unknown } from "@neurond/workload";
import { challengeSeed } from "../challenge.ts";
import { bytesOf } from "../fields.ts";
import { faultOfReceipt } from "../receipt-fault.ts";
import { faultOfRecord } from "../record-fault.ts";
import { openedBlocks } from "./ask.ts";
import { blocksOf, isSectorCount } from "./blocks.ts";
import { type OpeningStatement, openingStatement } from "./statement.ts";
import { type OpeningEvidence, type OpeningTask, openingChallengeOf } from "./task.ts";
import { VECTOR_HASHER } from "./vector-committer.ts";
import { verifyOpening } from "./verify.ts";

/**
 * What a recorded opening comes to, for anybody at any time. A proof the miner signed and that does
 * not hold is `failed`; a record whose receipt, commitments, beacon, times or signatures do not hold
 * is `unknown`, as it says nothing of the miner. That the shard was the drawn one is for whoever has
 * the inventory's list: see `pickShard`.
 */
export function judgeOpening(
  task: OpeningTask,
  evidence: OpeningEvidence,
  verify: Verify = verifySr25519Fast,
): Outcome {
  const challenge = openingChallengeOf(task);
  if (challenge === null) return unknown("RECEIPT_MISSING");
  const seed = challengeSeed(challenge);
  const answer = bytesOf(evidence.answer);
  const fault =
    faultOfRecord(task, evidence, { beacon: challenge.beacon, seed, answer }, verify) ??
    faultOfReceipt(task, task.receipt, verify);
  if (fault !== null) return unknown(fault);
  const statement = statementOfTask(task, seed);
  if (statement === null) return unknown("COMMITMENT_PATH");
  const reason = verifyOpening(statement, answer);
  return reason === null ? passed() : failed(reason);
}

/**
 * What a recorded task asks to be proved, for the miner that proves and whoever verifies. Null when
 * its commitments are not those of the drawn blocks under the receipt's root.
 */
export function statementOfTask(task: OpeningTask, seed: Uint8Array): OpeningStatement | null {
  const { vector, size } = task.receipt.receipt;
  if (vector === undefined || !isSectorCount(vector.sectors)) return null;
  const { suite, sectors } = vector;
  const root = bytesOf(vector.root);
  const total = blocksOf(size, sectors);
  const positions = openedBlocks(seed, total, task.blocks);
  const commitments = task.commitments.map(({ point }) => bytesOf(point));
  if (commitments.length !== positions.length) return null;
  const included = task.commitments.every(({ path }, at) =>
    verifyInclusion(VECTOR_HASHER, {
      leafHash: VECTOR_HASHER.leaf(commitments[at] ?? new Uint8Array()),
      index: positions[at] ?? 0,
      size: total,
      root,
      proof: path.map(bytesOf),
    }),
  );
  if (!included) return null;
  return openingStatement({
    suite: pedersenSuite(suite),
    sectors,
    seed,
    vectorRoot: root,
    positions,
    commitments,
  });
}
