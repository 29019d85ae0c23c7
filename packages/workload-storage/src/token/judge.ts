import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { failed, type Outcome, passed, unknown } from "@neurond/workload";
import { challengeSeed } from "../challenge.ts";
import type { TokenReason } from "../errors.ts";
import { bytesOf } from "../fields.ts";
import { faultOfReceipt } from "../receipt-fault.ts";
import { faultOfRecord } from "../record-fault.ts";
import { openedTokenOf, type TokenEvidence, type TokenTask, tokenChallengeOf } from "./task.ts";
import { verifyToken } from "./verify.ts";

/**
 * What a recorded token comes to, for anybody once the verdict opened it. A wrong answer the miner
 * signed is `failed`; a token that does not open as the receipt has it is the validator's fault, so
 * `unknown`. Whether the token was used before is for whoever has the record of all runs.
 */
export function judgeToken(
  task: TokenTask,
  evidence: TokenEvidence,
  verify: Verify = verifySr25519Fast,
): Outcome {
  const challenge = tokenChallengeOf(task);
  const seed = challengeSeed(challenge);
  const answer = bytesOf(evidence.answer);
  const { tokens } = task.receipt.receipt;
  const fault =
    faultOfRecord(task, evidence, { beacon: challenge.beacon, seed, answer }, verify) ??
    faultOfReceipt(task, task.receipt, verify);
  if (fault !== null) return unknown(fault);
  if (tokens === undefined) return unknown("RECEIPT_MISSING");
  const reason = verifyToken({
    tokens: { count: tokens.count, root: bytesOf(tokens.root) },
    asked: { alg: task.alg, number: task.number },
    seedCommit: bytesOf(task.seed_commit),
    opened: openedTokenOf(evidence),
    answer,
  });
  if (reason === null) return passed();
  return isMiners(reason) ? failed(reason) : unknown(reason);
}

function isMiners(reason: TokenReason): boolean {
  return reason === "LENGTH" || reason === "ANSWER_MISMATCH";
}
