import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, canonicalJson, publicKeyOf, toHex } from "@neurond/primitives";
import type { Neuron, Prober, SendTask } from "@neurond/workload/io";
import {
  answerDigest,
  challengeSeed,
  maxAnswerBytes,
  modeOf,
  responseHash,
  type SampleEvidence,
  type StorageCode,
  type StorageEvidence,
  type StorageTask,
  seedOfAnyTask,
  type VerdictCode,
  verdictDigest,
} from "@neurond/workload-storage";
import {
  MAX_CONCEDED,
  type SweepTask,
  sweepAnswerBytes,
  sweepChallengeOf,
} from "@neurond/workload-storage/sweep";
import type { TokenEvidence, TokenTask } from "@neurond/workload-storage/token";
import { CHALLENGE_PATH, type ChallengeMessage, SIGNATURE_BYTES } from "./challenge-message.ts";

/** Why a probe counts as offline; for logs and metrics. */
export type SilenceReason =
  | "NO_ENDPOINT"
  | "NO_ANSWER"
  | "STATUS"
  | "TOO_SHORT"
  | "LATE"
  | "UNSIGNED";

/** What the validator alone knows about the modes that have a secret. */
export interface ProberSecrets {
  /** What a sweep's answer comes to; null when it cannot be told, which is the validator's fault. */
  readonly judgeSweep?: (
    task: SweepTask,
    answer: Uint8Array,
    signal: AbortSignal,
  ) => Promise<boolean | null>;
  /** Opens the asked token: its seed goes out with the task, the rest is published afterwards. */
  readonly openToken?: (task: TokenTask) => Promise<TokenEvidence["opened"] | null>;
}

export interface ProberOptions {
  readonly send: SendTask;
  /** Signs with the validator's hotkey. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly secrets?: ProberSecrets;
  readonly verifySignature?: Verify;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly onSilence?: (miner: Neuron, reason: SilenceReason, cause?: unknown) => void;
}

/** A curve's longest proof of an opening, and a token's longest answer. */
const MAX_PROOF_BYTES = 757;
const MAX_TOKEN_BYTES = 32;

/**
 * Puts a challenge to a miner. Without an answer that the miner signed, in time, it was offline:
 * bytes nobody signed could be anybody's, so they are no evidence. Rejects when a secret is missing.
 */
export function storageProber(options: ProberOptions): Prober<StorageTask, StorageEvidence> {
  const { send, sign, verifySignature: verify = verifySr25519Fast, now = Date.now } = options;
  return async (miner, task, signal) => {
    const offline = (reason: SilenceReason, cause?: unknown): "offline" => {
      options.onSilence?.(miner, reason, cause);
      return "offline";
    };
    const url = miner.url === null ? null : URL.parse(CHALLENGE_PATH, miner.url);
    if (url === null) return offline("NO_ENDPOINT");
    const seed = seedOfAnyTask(task);
    if (seed === null) throw missing("the receipt of an opening commits to no blocks");
    const opened = await openedToken(task, options.secrets);
    const signature = toHex(sign(seed));
    const message: ChallengeMessage = {
      task,
      signature,
      ...(opened && { token_seed: opened.seed }),
    };
    const sentMs = now();
    let reply: Awaited<ReturnType<SendTask>>;
    try {
      reply = await send({
        url,
        method: "POST",
        body: Buffer.from(canonicalJson(message)),
        contentType: "application/json",
        receiver: miner.hotkey,
        timeoutMs: task.deadline_ms,
        signal,
        maxAnswerBytes: SIGNATURE_BYTES + longestAnswer(task),
      });
    } catch (cause) {
      signal.throwIfAborted();
      return offline("NO_ANSWER", cause);
    }
    const receivedMs = now();
    if (reply.status !== 200) return offline("STATUS", reply.status);
    if (receivedMs < sentMs || receivedMs - sentMs > task.deadline_ms) return offline("LATE");
    if (reply.body.length < SIGNATURE_BYTES) return offline("TOO_SHORT");
    const answer = reply.body.subarray(SIGNATURE_BYTES);
    const answerSignature = reply.body.subarray(0, SIGNATURE_BYTES);
    const digest = answerDigest(seed, responseHash(seed, answer));
    if (!verify(publicKeyOf(miner.hotkey), digest, answerSignature)) return offline("UNSIGNED");
    const evidence: SampleEvidence = {
      challenge_signature: signature,
      answer: toHex(answer),
      answer_signature: toHex(answerSignature),
      sent_ms: sentMs,
      received_ms: receivedMs,
    };
    if (opened !== null) return { ...evidence, opened };
    return claimed(task, evidence, answer, options, signal);
  };
}

function longestAnswer(task: StorageTask): number {
  const of = modeOf(task);
  switch (of.mode) {
    case "sample":
      return maxAnswerBytes(of.task.samples);
    case "sweep":
      return sweepAnswerBytes(Math.min(of.task.inventory.count, MAX_CONCEDED));
    case "opening":
      return MAX_PROOF_BYTES;
    case "token":
      return MAX_TOKEN_BYTES;
  }
}

async function openedToken(
  task: StorageTask,
  secrets: ProberSecrets | undefined,
): Promise<TokenEvidence["opened"] | null> {
  const of = modeOf(task);
  if (of.mode !== "token") return null;
  const opened = await secrets?.openToken?.(of.task);
  if (opened) return opened;
  throw missing(`token ${of.task.number} of a shard cannot be opened`);
}

/** Adds the validator's signed verdict to a sweep's evidence. */
async function claimed(
  asked: StorageTask,
  evidence: SampleEvidence,
  answer: Uint8Array,
  { sign, secrets }: ProberOptions,
  signal: AbortSignal,
): Promise<StorageEvidence> {
  const { mode, task } = modeOf(asked);
  if (mode !== "sweep") return evidence;
  if (secrets?.judgeSweep === undefined) throw missing("a sweep cannot be judged without its key");
  const holds = await secrets.judgeSweep(task, answer, signal);
  const verdict: VerdictCode = holds === null ? 2 : holds ? 1 : 0;
  const challenge = challengeSeed(sweepChallengeOf(task));
  const digest = verdictDigest({
    challenge,
    response: responseHash(challenge, answer),
    verdict,
    sentMs: evidence.sent_ms,
    receivedMs: evidence.received_ms,
  });
  return { ...evidence, verdict, verdict_signature: toHex(sign(digest)) };
}

function missing(what: string): CodedError<StorageCode> {
  return new CodedError("PLAN_INVALID", `a challenge was not put: ${what}`);
}
