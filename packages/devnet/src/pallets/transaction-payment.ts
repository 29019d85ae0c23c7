import type { Hex } from "@neurond/primitives";
import type { BlockContext } from "../frame/dispatch.ts";
import { eventsOf } from "../frame/event.ts";
import { constant, type Pallet } from "../frame/pallet.ts";
import { storageOf } from "../frame/storage.ts";
import { newtype, variant } from "../scale/compose.ts";
import { accountId } from "../scale/known.ts";
import { u8, u64, u128 } from "../scale/primitives.ts";
import type { StateReader } from "../state/state.ts";
import { spendable, withdraw } from "./balances/accounts.ts";
import { BASE_EXTRINSIC } from "./system/constants.ts";

const TRANSACTION_PAYMENT = { name: "TransactionPayment", index: 6 } as const;

const payment = storageOf(TRANSACTION_PAYMENT.name);
const ONE = 10n ** 18n;
/** Constant here: the fee does not follow the load. */
const nextFeeMultiplier = payment.item(
  "NextFeeMultiplier",
  [],
  newtype(["sp_arithmetic", "fixed_point", "FixedU128"], u128),
  ONE,
);
const storageVersion = payment.item(
  "StorageVersion",
  [],
  variant(["pallet_transaction_payment", "Releases"], { V1Ancient: [0], V2: [1] }),
  { tag: "V1Ancient", value: undefined },
);

export const transactionFeePaid = eventsOf(TRANSACTION_PAYMENT).named(0, "TransactionFeePaid", {
  who: accountId,
  actual_fee: u64,
  tip: u64,
});

/** Parts of the inclusion fee, rao. */
export interface Fee {
  readonly base: bigint;
  readonly length: bigint;
  readonly weight: bigint;
  readonly total: bigint;
}

/** One rao for 2,000 picoseconds: 0.0005 rao each; a half is rounded down. */
export const weightToFee = (refTime: bigint): bigint => (refTime + 999n) / 2_000n;

/** One rao a byte. */
export const lengthToFee = (bytes: number): bigint => BigInt(bytes);

/** What an extrinsic costs, in rao; nothing when its call is free. The tip comes on top. */
export function feeOf(extrinsic: {
  readonly lengthBytes: number;
  readonly refTime: bigint;
  readonly paysFee: boolean;
}): Fee {
  if (!extrinsic.paysFee) return { base: 0n, length: 0n, weight: 0n, total: 0n };
  const base = weightToFee(BASE_EXTRINSIC);
  const length = lengthToFee(extrinsic.lengthBytes);
  const weight = weightToFee(extrinsic.refTime);
  return { base, length, weight, total: base + length + weight };
}

/** Whether `who` could pay and still exist. */
export const canPay = (state: StateReader, who: Hex, amount: bigint): boolean =>
  amount === 0n || spendable(state, who) >= amount;

/** Takes fee and tip before the call runs; false when the signer cannot pay. Nobody receives it. */
export const takeFee = (context: BlockContext, who: Hex, amount: bigint): boolean =>
  withdraw(context, who, amount);

/** Says what was paid, after the call's own events. */
export function reportFee(context: BlockContext, who: Hex, fee: bigint, tip: bigint): void {
  context.emit(transactionFeePaid({ who, actual_fee: fee + tip, tip }));
}

/** Pallet `TransactionPayment`: what inclusion costs. */
export const transactionPaymentPallet: Pallet = {
  ...TRANSACTION_PAYMENT,
  storage: [nextFeeMultiplier, storageVersion],
  calls: [],
  events: [transactionFeePaid.def],
  errors: [],
  constants: [constant("OperationalFeeMultiplier", u8, 5)],
};
