import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import {
  deposit,
  EXISTENTIAL_DEPOSIT,
  freeBalance,
  totalIssuance,
  withdraw,
} from "../../src/pallets/balances/accounts.ts";
import * as events from "../../src/pallets/balances/events.ts";
import { balancesPallet } from "../../src/pallets/balances/pallet.ts";
import { reserve, unreserve } from "../../src/pallets/balances/reserves.ts";
import { killedAccount, newAccount } from "../../src/pallets/system/events.ts";
import { account as accounts } from "../../src/pallets/system/storage.ts";
import { canPay, feeOf, lengthToFee, weightToFee } from "../../src/pallets/transaction-payment.ts";
import { account, ROOT, signed, TestChain } from "../context.ts";
import { fund, TAO } from "./funds.ts";
import { callNamed } from "./refusals.ts";

const A = account(0xa1);
const B = account(0xb1);
const to = (who: `0x${string}`) => ({ tag: "Id", value: who });
const allowDeath = callNamed(balancesPallet.calls, "transfer_allow_death");
const keepAlive = callNamed(balancesPallet.calls, "transfer_keep_alive");
const all = callNamed(balancesPallet.calls, "transfer_all");
const force = callNamed(balancesPallet.calls, "force_set_balance");

function rich(rao = 10n * TAO): TestChain {
  const chain = new TestChain();
  fund(chain, A, rao);
  return chain;
}

describe("a transfer", () => {
  it("makes an account and says so before the transfer itself", () => {
    const chain = rich();
    expect(chain.call(keepAlive, signed(A), { dest: to(B), value: TAO })).toBe("ok");
    expect(freeBalance(chain.state, B)).toBe(TAO);
    expect(accounts.get(chain.state, B).providers).toBe(1);
    expect(chain.takeEvents()).toEqual(
      [
        newAccount({ account: B }),
        events.endowed({ account: B, free_balance: TAO }),
        events.transferred({ from: A, to: B, amount: TAO }),
      ].map(toHex),
    );
    expect(totalIssuance.get(chain.state)).toBe(10n * TAO);
  });

  it.each<[what: string, call: typeof keepAlive, value: bigint, outcome: string]>([
    ["more than there is", allowDeath, 10n * TAO + 1n, "FundsUnavailable"],
    ["all of it, staying alive", keepAlive, 10n * TAO, "NotExpendable"],
    ["so much that too little stays", keepAlive, 10n * TAO - 499n, "NotExpendable"],
    ["so much that just enough stays", keepAlive, 10n * TAO - 500n, "ok"],
    ["too little for an account", keepAlive, EXISTENTIAL_DEPOSIT - 1n, "BelowMinimum"],
    ["just enough for an account", keepAlive, EXISTENTIAL_DEPOSIT, "ok"],
  ])("of %s", (_what, call, value, outcome) =>
    expect(rich().call(call, signed(A), { dest: to(B), value })).toBe(outcome),
  );

  it("that leaves dust kills the account and destroys the dust", () => {
    const chain = rich(TAO);
    chain.call(allowDeath, signed(A), { dest: to(B), value: TAO - 7n });
    expect(accounts.has(chain.state, A)).toBe(false);
    expect(totalIssuance.get(chain.state)).toBe(TAO - 7n);
    const told = chain.takeEvents();
    expect(told).toContain(toHex(killedAccount({ account: A })));
    expect(told).toContain(toHex(events.dustLost({ account: A, amount: 7n })));
  });

  it("to oneself changes nothing", () => {
    const chain = rich();
    expect(chain.call(allowDeath, signed(A), { dest: to(A), value: TAO })).toBe("ok");
    expect(freeBalance(chain.state, A)).toBe(10n * TAO);
    expect(chain.takeEvents()).toEqual([]);
  });

  it("of everything leaves the existential deposit when the account is to stay", () => {
    const chain = rich();
    chain.call(all, signed(A), { dest: to(B), keep_alive: true });
    expect(freeBalance(chain.state, A)).toBe(EXISTENTIAL_DEPOSIT);
    chain.call(all, signed(A), { dest: to(B), keep_alive: false });
    expect(accounts.has(chain.state, A)).toBe(false);
    expect(freeBalance(chain.state, B)).toBe(10n * TAO);
  });

  it("to something else than an account is not understood", () =>
    expect(rich().call(keepAlive, signed(A), { dest: { tag: "Index" }, value: TAO })).toBe(
      "CannotLookup",
    ));
});

describe("balances from nowhere", () => {
  it("are for root", () => {
    const chain = rich();
    const args = { who: to(B), new_free: 3n * TAO };
    expect(chain.call(force, signed(A), args)).toBe("BadOrigin");
    expect(chain.call(force, ROOT, args)).toBe("ok");
    expect(totalIssuance.get(chain.state)).toBe(13n * TAO);
  });

  it("below the existential deposit are none", () => {
    const chain = rich();
    chain.call(force, ROOT, { who: to(A), new_free: 499n });
    expect(accounts.has(chain.state, A)).toBe(false);
    expect(totalIssuance.get(chain.state)).toBe(0n);
  });

  it("come and go with the issuance", () => {
    const chain = rich(TAO);
    expect(deposit(chain.as(), B, 100n)).toBe(0n);
    expect(deposit(chain.as(), B, 600n)).toBe(600n);
    expect(withdraw(chain.as(), A, TAO)).toBe(false);
    expect(withdraw(chain.as(), A, TAO - 500n)).toBe(true);
    expect(totalIssuance.get(chain.state)).toBe(1_100n);
  });

  it("can be set aside and given back", () => {
    const chain = rich(TAO);
    reserve(chain.as(), A, 1_000n);
    expect(accounts.get(chain.state, A).data).toMatchObject({
      free: TAO - 1_000n,
      reserved: 1_000n,
    });
    unreserve(chain.as(), A, 5_000n);
    expect(accounts.get(chain.state, A).data).toMatchObject({ free: TAO, reserved: 0n });
    expect(() => reserve(chain.as(), A, TAO)).toThrow("InsufficientBalance");
  });
});

describe("a fee", () => {
  it("is one rao a byte and half a rao for 1,000 picoseconds", () => {
    expect(lengthToFee(150)).toBe(150n);
    expect(weightToFee(1_000_000n)).toBe(500n);
    // The base fee of the chain: 54,078.5, and a half is rounded down.
    expect(weightToFee(108_157_000n)).toBe(54_078n);
    expect([1_000n, 1_001n, 3_001n].map(weightToFee)).toEqual([0n, 1n, 2n]);
  });

  it("adds up, or is nothing where the call is free", () => {
    const extrinsic = { lengthBytes: 150, refTime: 1_000_000n };
    const { total } = feeOf({ ...extrinsic, paysFee: true });
    expect(total).toBe(54_078n + 150n + 500n);
    expect(feeOf({ ...extrinsic, paysFee: false }).total).toBe(0n);
  });

  it("can be paid by who keeps the existential deposit", () => {
    const { state } = rich(10_000n);
    expect(canPay(state, A, 9_500n)).toBe(true);
    expect(canPay(state, A, 9_501n)).toBe(false);
    expect(canPay(state, B, 0n)).toBe(true);
  });
});
