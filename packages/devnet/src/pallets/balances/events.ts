import { DispatchFailure } from "../../frame/dispatch.ts";
import { eventsOf } from "../../frame/event.ts";
import { errorsOf } from "../../frame/pallet.ts";
import { accountId, type DispatchError } from "../../scale/known.ts";
import { u64 } from "../../scale/primitives.ts";

export const BALANCES = { name: "Balances", index: 5 } as const;

const event = eventsOf(BALANCES);
const error = errorsOf(BALANCES);
const amountOf = { who: accountId, amount: u64 };

export const endowed = event.named(0, "Endowed", { account: accountId, free_balance: u64 });
export const dustLost = event.named(1, "DustLost", { account: accountId, amount: u64 });
export const transferred = event.named(2, "Transfer", {
  from: accountId,
  to: accountId,
  amount: u64,
});
export const balanceSet = event.named(3, "BalanceSet", { who: accountId, free: u64 });
export const reserved = event.named(4, "Reserved", amountOf);
export const unreserved = event.named(5, "Unreserved", amountOf);
export const deposited = event.named(7, "Deposit", amountOf);
export const withdrawn = event.named(8, "Withdraw", amountOf);

export const balanceErrors = {
  VestingBalance: error(0, "VestingBalance"),
  LiquidityRestrictions: error(1, "LiquidityRestrictions"),
  InsufficientBalance: error(2, "InsufficientBalance"),
  ExistentialDeposit: error(3, "ExistentialDeposit"),
  Expendability: error(4, "Expendability"),
  ExistingVestingSchedule: error(5, "ExistingVestingSchedule"),
  DeadAccount: error(6, "DeadAccount"),
  TooManyReserves: error(7, "TooManyReserves"),
  TooManyHolds: error(8, "TooManyHolds"),
  TooManyFreezes: error(9, "TooManyFreezes"),
  IssuanceDeactivated: error(10, "IssuanceDeactivated"),
  DeltaZero: error(11, "DeltaZero"),
};

type TokenError = Extract<DispatchError, { tag: "Token" }>["value"]["tag"];

/** A refusal of money movement that is not the pallet's own but every token's. */
export const tokenFailure = (tag: TokenError): DispatchFailure =>
  new DispatchFailure({ tag: "Token", value: { tag, value: undefined } }, `Token.${tag}`);
