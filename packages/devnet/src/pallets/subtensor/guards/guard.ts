import type { Hex } from "@neurond/primitives";
import type { NestedCall, PalletError } from "../../../frame/dispatch.ts";
import { SUBTENSOR } from "../pallet.ts";
import { axonRefusal, type Endpoint, prometheusRefusal } from "../serving-rules.ts";
import { type TakeChange, takeRefusal } from "../take.ts";
import { type Check, type Checks, checkOf, type GuardView, judge } from "./check.ts";
import { coldkeySwapRefusal } from "./coldkey-swap.ts";
import { customCode } from "./custom-code.ts";
import { rateLimitChecks } from "./rate-limits.ts";
import { weightsChecks } from "./weights.ts";

const take =
  (direction: TakeChange["direction"]): Check<Pick<TakeChange, "hotkey" | "take">> =>
  ({ state }, coldkey, args) =>
    takeRefusal(state, { direction, coldkey, ...args });

const takeChecks: Checks = new Map([checkOf(65, take("decrease")), checkOf(66, take("increase"))]);

const servingChecks: Checks = new Map([
  checkOf<Endpoint>(4, axonRefusal),
  checkOf<Endpoint>(40, axonRefusal),
  checkOf<Endpoint>(5, prometheusRefusal),
]);

/** In the runtime's order: the first that objects names the reason. */
const GUARDS = [weightsChecks, rateLimitChecks, takeChecks, servingChecks];

/**
 * Judges a signed call before it enters the pool, and again when it is dispatched inside another
 * one: refuses what would fail for want of stake, pace or sense, as the pool names it (`Custom(n)`)
 * and as the block does.
 */
export function guard(
  view: GuardView,
  account: Hex,
  call: NestedCall,
): { readonly custom: number; readonly error: PalletError } | undefined {
  const error = coldkeySwapRefusal(view, account, call) ?? subtensorRefusal(view, account, call);
  return error && { custom: customCode(error), error };
}

function subtensorRefusal(
  view: GuardView,
  account: Hex,
  call: NestedCall,
): PalletError | undefined {
  if (call.pallet !== SUBTENSOR.index) return undefined;
  for (const checks of GUARDS) {
    const refusal = judge(checks, view, account, call);
    if (refusal) return refusal;
  }
  return undefined;
}
