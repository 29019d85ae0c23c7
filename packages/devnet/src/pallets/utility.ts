import { type CallContext, DispatchFailure, failure, type NestedCall } from "../frame/dispatch.ts";
import { eventsOf } from "../frame/event.ts";
import { call, constant, errorsOf, type Pallet } from "../frame/pallet.ts";
import { vec } from "../scale/compose.ts";
import { type DispatchError, dispatchError } from "../scale/known.ts";
import { u32 } from "../scale/primitives.ts";
import type { Type } from "../scale/type.ts";
import { systemErrors } from "./system/events.ts";

const UTILITY = { name: "Utility", index: 11 } as const;
const MAX_CALLS = 10_922;

const event = eventsOf(UTILITY);
const batchInterrupted = event.named(0, "BatchInterrupted", { index: u32, error: dispatchError });
const batchCompleted = event.named(1, "BatchCompleted", {});
const completedWithErrors = event.named(2, "BatchCompletedWithErrors", {});
const itemCompleted = event.named(3, "ItemCompleted", {});
const itemFailed = event.named(4, "ItemFailed", { error: dispatchError });

const error = errorsOf(UTILITY);
const tooManyCalls = error(0, "TooManyCalls");

/** Pallet `Utility`: several calls in one extrinsic. */
export function utilityPallet(runtimeCall: Type<NestedCall>): Pallet {
  const calls = { calls: vec(runtimeCall) };
  return {
    ...UTILITY,
    storage: [],
    calls: [
      call(0, "batch", calls, (context, args) => stopAtFirstError(context, args.calls)),
      call(2, "batch_all", calls, (context, args) => allOrNothing(context, args.calls)),
      call(4, "force_batch", calls, (context, args) => goOn(context, args.calls)),
    ],
    events: [batchInterrupted, batchCompleted, completedWithErrors, itemCompleted, itemFailed].map(
      (made) => made.def,
    ),
    errors: [tooManyCalls, error(1, "InvalidDerivedAccount")],
    constants: [constant("batched_calls_limit", u32, MAX_CALLS)],
  };
}

function stopAtFirstError(context: CallContext, calls: readonly NestedCall[]): void {
  checkCount(calls);
  for (const [index, call] of calls.entries()) {
    const refused = run(context, call);
    if (refused) {
      context.emit(batchInterrupted({ index, error: refused }));
      return;
    }
    context.emit(itemCompleted({}));
  }
  context.emit(batchCompleted({}));
}

function allOrNothing(context: CallContext, calls: readonly NestedCall[]): void {
  checkCount(calls);
  for (const [index, call] of calls.entries()) {
    const refused = run(context, call);
    if (refused) throw new DispatchFailure(refused, `batch_all: call ${index} failed`);
    context.emit(itemCompleted({}));
  }
  context.emit(batchCompleted({}));
}

function goOn(context: CallContext, calls: readonly NestedCall[]): void {
  checkCount(calls);
  let failed = false;
  for (const call of calls) {
    const refused = run(context, call);
    if (refused) context.emit(itemFailed({ error: refused }));
    else context.emit(itemCompleted({}));
    failed ||= refused !== undefined;
  }
  context.emit(failed ? completedWithErrors({}) : batchCompleted({}));
}

/** A batch inside a batch is filtered: nesting would multiply the work of one extrinsic. */
function run(context: CallContext, call: NestedCall): DispatchError | undefined {
  if (call.pallet === UTILITY.index) return failure(systemErrors.CallFiltered).error;
  return context.dispatch(call, context.origin);
}

function checkCount(calls: readonly NestedCall[]): void {
  if (calls.length > MAX_CALLS) throw failure(tooManyCalls);
}
