import type { Hex } from "@neurond/primitives";
import {
  type CallContext,
  ensure,
  failure,
  type NestedCall,
  signer,
} from "../../frame/dispatch.ts";
import { accountOf } from "../../frame/lookup.ts";
import { call, constant, type Pallet } from "../../frame/pallet.ts";
import { option } from "../../scale/compose.ts";
import { multiAddress } from "../../scale/known.ts";
import { u32, u64 } from "../../scale/primitives.ts";
import type { Type } from "../../scale/type.ts";
import { reserve, unreserve } from "../balances/reserves.ts";
import { outcomeOf } from "../sudo.ts";
import { systemErrors } from "../system/events.ts";
import { allows } from "./filter.ts";
import * as types from "./types.ts";

const DEPOSIT_BASE = 60_000_000n;
const DEPOSIT_FACTOR = 33_000_000n;

const isSame = (a: types.ProxyDefinition, b: types.ProxyDefinition): boolean =>
  a.delegate === b.delegate && a.proxy_type.tag === b.proxy_type.tag && a.delay === b.delay;

function addProxy(context: CallContext, definition: types.ProxyDefinition): void {
  const who = signer(context);
  ensure(definition.delegate !== who, types.proxyErrors.NoSelfProxy);
  const [list, deposit] = types.proxies.get(context.state, who);
  ensure(!list.some((other) => isSame(other, definition)), types.proxyErrors.Duplicate);
  ensure(list.length < types.MAX_PROXIES, types.proxyErrors.TooMany);
  const next = [...list, definition];
  const wanted = DEPOSIT_BASE + DEPOSIT_FACTOR * BigInt(next.length);
  reserve(context, who, wanted - deposit);
  types.proxies.set(context.state, [who], [next, wanted]);
  context.emit(types.proxyAdded(change(who, definition)));
}

function removeProxy(context: CallContext, definition: types.ProxyDefinition): void {
  const who = signer(context);
  const [list, deposit] = types.proxies.get(context.state, who);
  const rest = list.filter((other) => !isSame(other, definition));
  ensure(rest.length < list.length, types.proxyErrors.NotFound);
  const wanted = rest.length === 0 ? 0n : DEPOSIT_BASE + DEPOSIT_FACTOR * BigInt(rest.length);
  unreserve(context, who, deposit - wanted);
  if (rest.length === 0) types.proxies.remove(context.state, who);
  else types.proxies.set(context.state, [who], [rest, wanted]);
  context.emit(types.proxyRemoved(change(who, definition)));
}

const change = (delegator: Hex, { delegate, proxy_type, delay }: types.ProxyDefinition) => ({
  delegator,
  delegatee: delegate,
  proxy_type,
  delay,
});

/** Makes a call in the name of `real`; its outcome is in the event, the extrinsic succeeds. */
function actFor(
  context: CallContext,
  real: Hex,
  type: types.ProxyType | undefined,
  inner: NestedCall,
): void {
  const who = signer(context);
  const [list] = types.proxies.get(context.state, real);
  const mine = list.find(
    ({ delegate, proxy_type }) => delegate === who && (!type || proxy_type.tag === type.tag),
  );
  if (!mine) throw failure(types.proxyErrors.NotProxy);
  ensure(mine.delay === 0, types.proxyErrors.Unannounced);
  const refused = allows(mine.proxy_type, inner)
    ? context.dispatch(inner, { kind: "signed", account: real })
    : failure(systemErrors.CallFiltered).error;
  context.emit(types.proxyExecuted({ result: outcomeOf(refused) }));
}

/** Pallet `Proxy`: one account acts for another, within limits. */
export function proxyPallet(runtimeCall: Type<NestedCall>): Pallet {
  const delegate = { delegate: multiAddress, proxy_type: types.proxyType, delay: u32 };
  return {
    ...types.PROXY,
    storage: [types.proxies],
    calls: [
      call(
        0,
        "proxy",
        { real: multiAddress, force_proxy_type: option(types.proxyType), call: runtimeCall },
        (context, args) => actFor(context, accountOf(args.real), args.force_proxy_type, args.call),
      ),
      call(1, "add_proxy", delegate, (context, args) =>
        addProxy(context, { ...args, delegate: accountOf(args.delegate) }),
      ),
      call(2, "remove_proxy", delegate, (context, args) =>
        removeProxy(context, { ...args, delegate: accountOf(args.delegate) }),
      ),
    ],
    events: [types.proxyExecuted.def, types.proxyAdded.def, types.proxyRemoved.def],
    errors: Object.values(types.proxyErrors),
    constants: [
      constant("ProxyDepositBase", u64, DEPOSIT_BASE),
      constant("ProxyDepositFactor", u64, DEPOSIT_FACTOR),
      constant("MaxProxies", u32, types.MAX_PROXIES),
    ],
  };
}
