import { type Hex, toHex } from "@neurond/primitives";
import {
  type CallContext,
  DispatchFailure,
  type NestedCall,
  type Origin,
} from "../src/frame/dispatch.ts";
import type { EncodedEvent } from "../src/frame/event.ts";
import type { CallDef } from "../src/frame/pallet.ts";
import { decode } from "../src/scale/decode.ts";
import { State } from "../src/state/state.ts";

/** A 32-byte account that is easy to tell from others in a failing test. */
export const account = (n: number): Hex => `0x${n.toString(16).padStart(2, "0").repeat(32)}`;

export const signed = (who: Hex): Origin => ({ kind: "signed", account: who });
export const ROOT: Origin = { kind: "root" };
export const NONE: Origin = { kind: "none" };

/** State, a height and the events so far: what a call sees, without a node around it. */
export class TestChain {
  readonly state = new State();
  block = 1;
  events: EncodedEvent[] = [];

  /** The context of a call or of block initialisation at the current height. */
  as(origin: Origin = NONE): CallContext {
    return {
      state: this.state,
      block: this.block,
      origin,
      emit: (event) => void this.events.push(event),
      dispatch: (_call: NestedCall) => {
        throw new Error("this context knows no other calls");
      },
    };
  }

  /**
   * Dispatches a call through its own codec. Answers "ok" or the name of the error; a refused call
   * leaves neither writes nor events.
   */
  call(def: CallDef, origin: Origin, args: unknown): string {
    const before = this.events.length;
    try {
      const decoded = decode(def.args, def.args.codec.enc(args));
      this.state.transact(() => def.run(this.as(origin), decoded));
      return "ok";
    } catch (error) {
      this.events.length = before;
      if (error instanceof DispatchFailure) return error.message.replace(/^\w+\./, "");
      throw error;
    }
  }

  /** The events since the last time, as hex, so that a failing test shows them. */
  takeEvents(): Hex[] {
    const taken = this.events.map(toHex);
    this.events = [];
    return taken;
  }
}
