import { timelockDecrypt, timelockEncrypt, type Verify, verifyRound } from "@neurond/crypto";
import { isCoded } from "@neurond/primitives";
import { z } from "zod";
import { bytesOf, field } from "../fields.ts";
import type { Period } from "./keys.ts";
import { CommitmentRecord, isPeriodSigned, type PeriodStatement } from "./period-records.ts";

const { commitment: _, ...about } = CommitmentRecord.shape;

/** Longer than the ciphertext of 32 bytes ever is. */
const MAX_CIPHERTEXT = 1_024;
/** Key, sigma and nonce of one encryption. */
export const TIMELOCK_RANDOM_BYTES = 32 + 32 + 12;

/** Logged before a period: its secret, for whoever has the drand round of the block at which it is due. */
export const TimelockRecord = z.strictObject({
  ...about,
  round: z.int().min(1),
  ciphertext: field.hexUpTo(MAX_CIPHERTEXT),
});
export type TimelockRecord = z.infer<typeof TimelockRecord>;

/** A round of the network whose key the chain's beacon has, which nobody has signed yet. */
export interface FutureRound {
  readonly round: number;
  /** Compressed G2, 96 bytes. */
  readonly beaconKey: Uint8Array;
}

/** A period's secret, locked until a round; `random` is fresh and used once. */
export function lockSecret(
  secret: Uint8Array,
  { round, beaconKey }: FutureRound,
  random: Uint8Array,
): Uint8Array {
  const [key, sigma, nonce] = [random.slice(0, 32), random.slice(32, 64), random.slice(64)];
  return timelockEncrypt({ plaintext: secret, round, publicKey: beaconKey, key, sigma, nonce });
}

/** What a round makes of a ciphertext: the secret, or that it never held one of that length. */
export type Unlocked =
  | { readonly kind: "secret"; readonly secret: Uint8Array }
  | { readonly kind: "false" };

/** Opens a record with the signature of its round; null when that is not the round's. */
export function unlockSecret(
  { round, ciphertext }: Pick<TimelockRecord, "round" | "ciphertext">,
  { beaconKey, signature }: { readonly beaconKey: Uint8Array; readonly signature: Uint8Array },
): Unlocked | null {
  if (!verifyRound(beaconKey, round, signature)) return null;
  try {
    const secret = timelockDecrypt(bytesOf(ciphertext), signature);
    return secret.length === 32 ? { kind: "secret", secret } : { kind: "false" };
  } catch (error) {
    // Every way in which a ciphertext does not open has a code of its own.
    if (isCoded(error)) return { kind: "false" };
    throw error;
  }
}

/** Whether the period's validator signed the record. */
export function isTimelockSigned(record: TimelockRecord, verify: Verify): boolean {
  return isPeriodSigned(timelockStatement(record), bytesOf(record.signature), verify);
}

/** The statement of a record. */
export function timelockStatement(record: Omit<TimelockRecord, "signature">): PeriodStatement {
  const { round, ciphertext, ...period } = record;
  const named: Period = {
    netuid: period.netuid,
    validator: period.validator,
    period: period.period,
    blocks: period.blocks,
  };
  return { kind: "timelock", period: named, round, ciphertext: bytesOf(ciphertext) };
}
