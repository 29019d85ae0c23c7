import type { Hex } from "@neurond/primitives";
import {
  type BlockContext,
  type CallContext,
  DispatchFailure,
  failure,
  type NestedCall,
  type Origin,
} from "../frame/dispatch.ts";
import type { EncodedEvent } from "../frame/event.ts";
import { findCall } from "../frame/runtime-call.ts";
import { systemErrors } from "../pallets/system/events.ts";
import type { DispatchError } from "../scale/known.ts";
import type { State } from "../state/state.ts";
import type { Executable } from "./executable.ts";

const UTILITY = "Utility";

/** The calls inside a batch; none for any other call. */
function batched(executable: Executable, call: NestedCall): readonly NestedCall[] {
  if (!isUtility(executable, call)) return [];
  const { args } = call;
  const listed = typeof args === "object" && args !== null && "calls" in args ? args.calls : [];
  return Array.isArray(listed) ? listed : [];
}

const isUtility = ({ runtime }: Executable, call: NestedCall) =>
  runtime.pallets.some(({ name, index }) => name === UTILITY && index === call.pallet);

/** A batch may not contain a batch (the runtime's base call filter); root is above the filter. */
const isFiltered = (executable: Executable, call: NestedCall) =>
  batched(executable, call).some((inner) => isUtility(executable, inner));

/** Runs calls in the open block: filter, guards, storage layers, events. */
export class Dispatcher implements BlockContext {
  readonly state: State;
  readonly block: number;
  readonly #executable: Executable;
  readonly #parent: Hex;
  #events: EncodedEvent[] = [];

  constructor(executable: Executable, state: State, block: number, parent: Hex) {
    this.#executable = executable;
    this.state = state;
    this.block = block;
    this.#parent = parent;
  }

  emit(event: EncodedEvent): void {
    this.#events.push(event);
  }

  /** The events since the last time they were taken. */
  takeEvents(): EncodedEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  /**
   * Runs a call as `origin`; when it fails, nothing of what it wrote or told remains and its error
   * is the answer. The guards judge nested calls here; the validity check judged the outer one.
   */
  dispatch(call: NestedCall, origin: Origin, depth = 0): DispatchError | undefined {
    const told = this.#events.length;
    try {
      this.state.transact(() => this.#run(call, origin, depth));
      return undefined;
    } catch (error) {
      if (!(error instanceof DispatchFailure)) throw error;
      this.#events.length = told;
      return error.error;
    }
  }

  #run(call: NestedCall, origin: Origin, depth: number): void {
    const { runtime, guard } = this.#executable;
    if (origin.kind !== "root" && isFiltered(this.#executable, call)) {
      throw failure(systemErrors.CallFiltered);
    }
    if (origin.kind === "signed" && depth > 0) {
      const view = { state: this.state, block: this.block, hash: this.#parent };
      const refusal = guard(view, origin.account, call);
      if (refusal) throw failure(refusal.error);
    }
    const context: CallContext = {
      state: this.state,
      block: this.block,
      origin,
      emit: (event) => this.emit(event),
      dispatch: (inner, as) => this.dispatch(inner, as, depth + 1),
    };
    findCall(runtime.pallets, call.pallet, call.call).run(context, call.args);
  }
}
