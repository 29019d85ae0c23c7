import { type Verify, verifySr25519Fast } from "@neurond/crypto";
import { canonicalJson, publicKeyOf, toHex } from "@neurond/primitives";
import type { Neuron, Prober, SendTask } from "@neurond/workload/io";
import {
  answerDigest,
  maxAnswerBytes,
  responseHash,
  type SampleEvidence,
  type SampleTask,
  seedOfTask,
} from "@neurond/workload-storage";
import { CHALLENGE_PATH, type ChallengeMessage, SIGNATURE_BYTES } from "./challenge-message.ts";

/** Why a probe counts as offline; for logs and metrics. */
export type SilenceReason =
  | "NO_ENDPOINT"
  | "NO_ANSWER"
  | "STATUS"
  | "TOO_SHORT"
  | "LATE"
  | "UNSIGNED";

export interface ProberOptions {
  readonly send: SendTask;
  /** Signs with the validator's hotkey. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly verifySignature?: Verify;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly onSilence?: (miner: Neuron, reason: SilenceReason, cause?: unknown) => void;
}

/**
 * Puts a challenge to a miner. Without an answer that the miner signed, in time, it was offline:
 * bytes nobody signed could be anybody's, so they are no evidence.
 */
export function sampleProber(options: ProberOptions): Prober<SampleTask, SampleEvidence> {
  const { send, sign, verifySignature: verify = verifySr25519Fast, now = Date.now } = options;
  return async (miner, task, signal) => {
    const offline = (reason: SilenceReason, cause?: unknown): "offline" => {
      options.onSilence?.(miner, reason, cause);
      return "offline";
    };
    const url = miner.url === null ? null : URL.parse(CHALLENGE_PATH, miner.url);
    if (url === null) return offline("NO_ENDPOINT");
    const seed = seedOfTask(task);
    const signature = toHex(sign(seed));
    const message: ChallengeMessage = { task, signature };
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
        maxAnswerBytes: SIGNATURE_BYTES + maxAnswerBytes(task.samples),
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
    return {
      challenge_signature: signature,
      answer: toHex(answer),
      answer_signature: toHex(answerSignature),
      sent_ms: sentMs,
      received_ms: receivedMs,
    };
  };
}
