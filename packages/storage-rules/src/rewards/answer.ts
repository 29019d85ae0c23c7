import { CodedError, type Hotkey } from "@neurond/primitives";
import type { StorageRulesCode } from "../errors.ts";
import type { CountedTask } from "../statistics/counters.ts";
import type { Tier } from "../tiers/tier.ts";

/** What one miner made of a task. */
export interface Answer {
  readonly isSuccess: boolean;
  /** Microseconds until the answer was there; not looked at for a failure. */
  readonly elapsed: number;
  /** Bytes moved: of the piece stored or brought back. */
  readonly bytes: number;
  readonly tier: Tier;
}

/** One task, asked of several miners at once; a miner stands in it once. */
export interface Batch {
  readonly task: CountedTask;
  /** Microseconds after which no answer counts. */
  readonly timeout: number;
  readonly answers: ReadonlyMap<Hotkey, Answer>;
}

const NORMAL_BYTES = 64 * 1024 * 1024;
const MAX_MICROSECONDS = 2 ** 40;

/**
 * The time a miner is judged by, in millionths of a microsecond: per 64 MiB and one more where data
 * was moved, t / (1 + bytes/64 MiB). A failure is as slow as no answer, so that failing fast moves
 * nobody else's place. Rounded down. @throws CodedError REWARD_INVALID
 */
export function judgedTime({ task, timeout }: Batch, answer: Answer): bigint {
  checkMicroseconds(timeout, 1, "time limit");
  if (!answer.isSuccess) return BigInt(timeout) * TICKS;
  checkMicroseconds(answer.elapsed, 0, "time");
  if (!Number.isSafeInteger(answer.bytes) || answer.bytes < 0) {
    throw invalid(`${answer.bytes} is no number of bytes`);
  }
  const elapsed = BigInt(Math.min(answer.elapsed, timeout)) * TICKS;
  if (task === "challenge") return elapsed;
  return (elapsed * BigInt(NORMAL_BYTES)) / BigInt(NORMAL_BYTES + answer.bytes);
}

/** Judged times are counted finer than they are measured, or the division would make equals of unequals. */
const TICKS = 1_000_000n;

/** The time limit in the unit of judged times. */
export function judgedTimeout({ timeout }: Batch): bigint {
  return BigInt(timeout) * TICKS;
}

function checkMicroseconds(value: number, min: number, what: string): void {
  if (Number.isSafeInteger(value) && value >= min && value <= MAX_MICROSECONDS) return;
  throw invalid(`${value} microseconds is no ${what}`);
}

function invalid(reason: string): CodedError<StorageRulesCode> {
  return new CodedError("REWARD_INVALID", `an answer cannot be rewarded: ${reason}`);
}
