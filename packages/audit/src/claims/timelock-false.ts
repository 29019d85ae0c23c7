import { QUICKNET } from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import {
  CommitmentRecord,
  checkReveal,
  isTimelockSigned,
  TimelockRecord,
  unlockSecret,
} from "@neurond/workload-storage/sweep";
import { z } from "zod";
import {
  type Accused,
  type CheckClaim,
  type Judge,
  malformed,
  notProven,
  proven,
} from "./claim.ts";
import { committedPeriod } from "./period-keys.ts";

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`));

/** What was committed to, what was locked, and the round that opens it. */
export const TimelockFalse = z.strictObject({
  commitment: CommitmentRecord,
  timelock: TimelockRecord,
  /** Of the beacon that the chain follows. */
  beacon_key: hexOf(96),
  round_signature: hexOf(48),
});

/** What a round shows of a locked secret; the chain must still say whose round it is. */
export type Opened =
  | { readonly kind: "secret"; readonly secret: Uint8Array; readonly chain: readonly string[] }
  | { readonly kind: "false"; readonly chain: readonly string[] };

/** Whoever has the round opens it and finds another secret, or none. */
export const checkTimelockFalse: CheckClaim = (claim, accused, judge) => {
  const parsed = TimelockFalse.safeParse(claim);
  if (!parsed.success) return malformed("not a false timelock");
  const opened = openLocked(parsed.data, accused, judge);
  if (typeof opened === "string") return notProven(opened);
  if (opened.kind === "secret") return notProven("the secret is the one committed to");
  return proven([], opened.chain);
};

/** Opens what a validator locked for a period it committed to; a text when it is not shown to have. */
export function openLocked(
  claim: z.infer<typeof TimelockFalse>,
  accused: Accused,
  judge: Judge,
): Opened | string {
  const { commitment, timelock, beacon_key, round_signature } = claim;
  const period = committedPeriod(commitment, accused, judge);
  if (period === null) return "the validator did not commit to this";
  const isSame = timelock.period === period.period && timelock.blocks === period.blocks;
  const isTheirs = timelock.validator === period.validator && timelock.netuid === period.netuid;
  if (!isSame || !isTheirs || !isTimelockSigned(timelock, judge.verify)) {
    return "the validator did not lock this for the period";
  }
  const beaconKey = fromHex(beacon_key as Hex);
  const signature = fromHex(round_signature as Hex);
  const opened = unlockSecret(timelock, { beaconKey, signature });
  if (opened === null) return "the signature is not the round's";
  const isPublic = beacon_key === toHex(QUICKNET.publicKey);
  const chain = isPublic ? [] : [`Drand.BeaconConfig: the beacon's key is ${beacon_key}`];
  const isTrue =
    opened.kind === "secret" &&
    checkReveal(period, fromHex(commitment.commitment), opened.secret) === null;
  return isTrue ? { ...opened, chain } : { kind: "false", chain };
}
