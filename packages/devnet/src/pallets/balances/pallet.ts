import { ensureRoot, signer } from "../../frame/dispatch.ts";
import { accountOf } from "../../frame/lookup.ts";
import { type CallDef, call, constant, type Pallet } from "../../frame/pallet.ts";
import { multiAddress } from "../../scale/known.ts";
import { bool, compactU64, u32, u64 } from "../../scale/primitives.ts";
import {
  addIssuance,
  EXISTENTIAL_DEPOSIT,
  freeBalance,
  inactiveIssuance,
  setFree,
  spendable,
  totalIssuance,
  transfer,
} from "./accounts.ts";
import * as events from "./events.ts";

const payment = { dest: multiAddress, value: compactU64 };

const calls: readonly CallDef[] = [
  call(0, "transfer_allow_death", payment, (context, { dest, value }) => {
    const from = signer(context);
    transfer(context, { from, to: accountOf(dest), amount: value, keepAlive: false });
  }),
  call(3, "transfer_keep_alive", payment, (context, { dest, value }) => {
    const from = signer(context);
    transfer(context, { from, to: accountOf(dest), amount: value, keepAlive: true });
  }),
  call(4, "transfer_all", { dest: multiAddress, keep_alive: bool }, (context, args) => {
    const from = signer(context);
    const keepAlive = args.keep_alive;
    const amount = (keepAlive ? spendable : freeBalance)(context.state, from);
    transfer(context, { from, to: accountOf(args.dest), amount, keepAlive });
  }),
  call(8, "force_set_balance", { who: multiAddress, new_free: compactU64 }, (context, args) => {
    ensureRoot(context);
    const who = accountOf(args.who);
    const free = args.new_free < EXISTENTIAL_DEPOSIT ? 0n : args.new_free;
    addIssuance(context.state, free - freeBalance(context.state, who));
    setFree(context, who, free);
    context.emit(events.balanceSet({ who, free }));
  }),
];

/** Pallet `Balances`: rao in accounts. The balances themselves are in `System.Account`. */
export const balancesPallet: Pallet = {
  ...events.BALANCES,
  storage: [totalIssuance, inactiveIssuance],
  calls,
  events: [
    events.endowed.def,
    events.dustLost.def,
    events.transferred.def,
    events.balanceSet.def,
    events.reserved.def,
    events.unreserved.def,
    events.deposited.def,
    events.withdrawn.def,
  ],
  errors: Object.values(events.balanceErrors),
  constants: [
    constant("ExistentialDeposit", u64, EXISTENTIAL_DEPOSIT),
    constant("MaxLocks", u32, 50),
    constant("MaxReserves", u32, 50),
    constant("MaxFreezes", u32, 50),
  ],
};
