import { framedHash, u16, u32, u64, type Verify } from "@neurond/crypto";
import { publicKeyOf } from "@neurond/primitives";
import { z } from "zod";
import { PERIOD_BLOCKS } from "../challenge.ts";
import { compareBytes } from "../entry.ts";
import { field } from "../fields.ts";
import { type Period, periodCommitment } from "./keys.ts";

const period = {
  netuid: field.netuid,
  validator: field.hotkey,
  period: field.u32,
  /** Blocks of a period. */
  blocks: z.int().min(1).max(10_000_000),
};
const signature = { signature: field.signature };

/** Logged before a period, and before any grant that names it: what its secret will hash to. */
export const CommitmentRecord = z.strictObject({ ...period, commitment: field.hash, ...signature });
export type CommitmentRecord = z.infer<typeof CommitmentRecord>;

/** Logged after a period: its secret. From here on everybody can verify, and anybody can answer. */
export const RevealRecord = z.strictObject({ ...period, secret: field.hash, ...signature });
export type RevealRecord = z.infer<typeof RevealRecord>;

/** Logged when a period's secret got out before its time; sweeps from here on are `unknown`. */
export const BurnedRecord = z.strictObject({ ...period, ...signature });
export type BurnedRecord = z.infer<typeof BurnedRecord>;

/** A validator's statement about one of its periods; of each kind it may make one. */
export type PeriodStatement =
  | { readonly kind: "commitment"; readonly period: Period; readonly commitment: Uint8Array }
  | { readonly kind: "reveal"; readonly period: Period; readonly secret: Uint8Array }
  | { readonly kind: "burned"; readonly period: Period }
  | {
      readonly kind: "timelock";
      readonly period: Period;
      readonly round: number;
      readonly ciphertext: Uint8Array;
    };

/** The 32 bytes a validator signs with a statement about a period. */
export function periodDigest(statement: PeriodStatement): Uint8Array {
  const { netuid, validator, period, blocks = PERIOD_BLOCKS } = statement.period;
  const tuple = [u16(netuid), publicKeyOf(validator), u32(period), u32(blocks)];
  switch (statement.kind) {
    case "commitment":
      return framedHash("sweep/commitment", ...tuple, statement.commitment);
    case "reveal":
      return framedHash("sweep/reveal", ...tuple, statement.secret);
    case "burned":
      return framedHash("sweep/burned", ...tuple);
    case "timelock":
      return framedHash("sweep/timelock", ...tuple, u64(statement.round), statement.ciphertext);
  }
}

/** Whether the period's validator signed a statement about it. */
export function isPeriodSigned(
  statement: PeriodStatement,
  signature: Uint8Array,
  verify: Verify,
): boolean {
  return verify(publicKeyOf(statement.period.validator), periodDigest(statement), signature);
}

/** Whether a revealed secret is the one that was committed; KEY_WRONG otherwise. */
export function checkReveal(
  period: Period,
  commitment: Uint8Array,
  secret: Uint8Array,
): "KEY_WRONG" | null {
  return compareBytes(periodCommitment(period, secret), commitment) === 0 ? null : "KEY_WRONG";
}
