import { type Hotkey, toHex } from "@neurond/primitives";
import { z } from "zod";
import { challengeOfTask, StorageEvidence, StorageTask } from "./any-task.ts";
import { type Challenge, challengeSeed, MODE, periodOf } from "./challenge.ts";
import { bytesOf } from "./fields.ts";
import { DOCUMENT, InventoryBody, type StorageDocument } from "./run-documents.ts";
import {
  type ChallengeRecord,
  STATEMENT_RECORDS,
  type StatementKind,
  type StatementRecord,
} from "./statement-record.ts";
import { SweepEvidence } from "./sweep/task.ts";
import { responseHash } from "./transcript.ts";

/** All of an inventory that is signed. */
const { run, count, total, hash, signature } = InventoryBody.shape;
const Head = z.object({ run, count, total, hash, signature });

/** Documents whose body is the signed statement itself. */
const SIGNED_BODIES = new Map<string, StatementKind>([
  [DOCUMENT.commitment, "commitment"],
  [DOCUMENT.reveal, "reveal"],
  [DOCUMENT.grant, "grant"],
]);

/** A statement read from anywhere; null when it is none of that kind. */
export function readStatement(kind: StatementKind, said: unknown): StatementRecord | null {
  const parsed = STATEMENT_RECORDS[kind].safeParse(said);
  return parsed.success ? ({ kind, said: parsed.data } as StatementRecord) : null;
}

/** What a document of a log says that its signer may say once; null for all other documents. */
export function statementOfDocument(
  { netuid, validator }: { readonly netuid: number; readonly validator: Hotkey },
  { type, miner, body }: StorageDocument,
): StatementRecord | null {
  const kind = SIGNED_BODIES.get(type);
  if (kind !== undefined) return readStatement(kind, body);
  const head = type === DOCUMENT.inventory ? Head.safeParse(body).data : undefined;
  if (head === undefined || miner === null) return null;
  return readStatement("inventory", { netuid, validator, miner, ...head });
}

/**
 * What a recorded probe says that may be said once: the challenge, the answer to it, and the verdict
 * where one is signed. Openings are made with fresh randomness: two of them are no contradiction.
 */
export function statementsOfProbe(task: unknown, evidence: unknown): readonly StatementRecord[] {
  const [asked, answered] = [StorageTask.safeParse(task), StorageEvidence.safeParse(evidence)];
  const challenge = asked.success ? challengeOfTask(asked.data) : null;
  if (challenge === null || !answered.success) return [];
  const record = recordChallenge(challenge);
  const { answer, challenge_signature, answer_signature } = answered.data;
  const response = toHex(responseHash(challengeSeed(challenge), bytesOf(answer)));
  const statements: StatementRecord[] = [
    { kind: "challenge", said: { challenge: record, signature: challenge_signature } },
  ];
  if (challenge.mode !== MODE.opening) {
    const said = { challenge: record, response, signature: answer_signature };
    statements.push({ kind: "answer", said });
  }
  const swept = SweepEvidence.safeParse(evidence);
  if (swept.success) {
    const { verdict, verdict_signature: signature, sent_ms, received_ms } = swept.data;
    const claim = { response, verdict, sent_ms, received_ms, signature };
    statements.push({ kind: "verdict", said: { challenge: record, ...claim } });
  }
  return statements;
}

function recordChallenge(challenge: Challenge): ChallengeRecord {
  const { netuid, validator, miner, run, slot, mode, beaconBlock, periodBlocks } = challenge;
  return {
    ...{ netuid, validator, miner, run, slot, mode },
    period: periodOf(beaconBlock, periodBlocks),
    params: toHex(challenge.params),
    inventory_digest: toHex(challenge.inventoryDigest),
    beacon: toHex(challenge.beacon),
    prev_link: toHex(challenge.prevLink),
  };
}
