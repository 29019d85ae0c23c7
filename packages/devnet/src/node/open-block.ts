import type { Hex } from "@neurond/primitives";
import type { BlockContext, Origin } from "../frame/dispatch.ts";
import { accountOf } from "../frame/lookup.ts";
import type { TransactionValidityError } from "../frame/validity.ts";
import { BLOCK_HASH_COUNT } from "../pallets/system/constants.ts";
import { extrinsicFailed, extrinsicSuccess } from "../pallets/system/events.ts";
import {
  account as accounts,
  blockHash,
  digestOf,
  extrinsicCount,
  lastUpgrade,
  number,
  parentHash,
} from "../pallets/system/storage.ts";
import { reportFee, takeFee } from "../pallets/transaction-payment.ts";
import type { DispatchError } from "../scale/known.ts";
import type { State } from "../state/state.ts";
import { Dispatcher } from "./dispatcher.ts";
import { EventLog, type Phase } from "./event-log.ts";
import type { Executable } from "./executable.ts";
import type { Extrinsic } from "./extrinsic.ts";
import type { DigestItem } from "./header.ts";
import { priceOf } from "./price.ts";
import { validate } from "./validate.ts";

const INITIALIZATION: Phase = { tag: "Initialization", value: undefined };

export interface Parent {
  readonly number: number;
  readonly hash: Hex;
}

/** An extrinsic on its way into a block. */
export interface Entry {
  readonly extrinsic: Extrinsic;
  readonly bytes: Uint8Array;
}

/** Refused: not in the block. Broken: the runtime itself threw; its writes are undone. */
export type Applied =
  | { readonly kind: "included"; readonly failure: DispatchError | undefined }
  | { readonly kind: "refused"; readonly error: TransactionValidityError }
  | { readonly kind: "broken"; readonly cause: unknown };

/** A block while it is made: initialised at once, then given extrinsics, then closed. */
export class OpenBlock {
  readonly number: number;
  readonly extrinsics: Uint8Array[] = [];
  readonly #executable: Executable;
  readonly #state: State;
  readonly #parent: Parent;
  readonly #logs: DigestItem[];
  readonly #dispatcher: Dispatcher;
  readonly #events = new EventLog();

  constructor(executable: Executable, state: State, parent: Parent, logs: readonly DigestItem[]) {
    this.#executable = executable;
    this.#state = state;
    this.#parent = parent;
    this.#logs = [...logs];
    this.number = parent.number + 1;
    this.#dispatcher = new Dispatcher(executable, state, this.number, parent.hash);
    this.#initialize();
  }

  /** Changes the block's state from outside the calls; all of it or nothing. */
  operate(operation: (context: BlockContext) => void): void {
    this.#state.transact(() => operation(this.#dispatcher));
    this.#events.append(INITIALIZATION, this.#dispatcher.takeEvents());
  }

  /** Adds an extrinsic unless it has become invalid since it was pooled. */
  apply(entry: Entry): Applied {
    const index = this.extrinsics.length;
    let applied: Applied;
    try {
      applied = this.#state.transact(() => this.#apply(entry));
    } catch (cause) {
      this.#dispatcher.takeEvents();
      return { kind: "broken", cause };
    }
    if (applied.kind !== "included") return applied;
    this.extrinsics.push(entry.bytes);
    this.#events.append({ tag: "ApplyExtrinsic", value: index }, this.#dispatcher.takeEvents());
    return applied;
  }

  /** Puts in an extrinsic of the author's own; it pays nothing and must succeed. */
  applyInherent(entry: Entry): void {
    const index = this.extrinsics.length;
    this.#dispatch(entry, { kind: "none" });
    this.extrinsics.push(entry.bytes);
    this.#events.append({ tag: "ApplyExtrinsic", value: index }, this.#dispatcher.takeEvents());
  }

  /** Writes down the events and takes the block's marks out of the state. */
  close(): readonly DigestItem[] {
    this.#events.append({ tag: "Finalization", value: undefined }, this.#dispatcher.takeEvents());
    this.#events.store(this.#state);
    extrinsicCount.remove(this.#state);
    return this.#logs;
  }

  deposit(log: DigestItem): void {
    this.#logs.push(log);
  }

  #initialize(): void {
    const { runtime } = this.#executable;
    const state = this.#state;
    number.set(state, [], this.number);
    parentHash.set(state, [], this.#parent.hash);
    blockHash.set(state, [this.#parent.number], this.#parent.hash);
    // Genesis stays: every signature covers its hash.
    const forgotten = this.number - BLOCK_HASH_COUNT - 1;
    if (forgotten > 0) blockHash.remove(state, forgotten);
    digestOf.set(state, [], { logs: this.#logs });
    const { specVersion: spec_version, specName: spec_name } = runtime.version;
    if (lastUpgrade.get(state)?.spec_version !== spec_version) {
      lastUpgrade.set(state, [], { spec_version, spec_name });
    }
    for (const pallet of runtime.pallets) pallet.onInitialize?.(this.#dispatcher);
    this.#events.append(INITIALIZATION, this.#dispatcher.takeEvents());
  }

  /** Judges once more, takes the fee, advances the nonce, runs the call. */
  #apply(entry: Entry): Applied {
    const { extrinsic, bytes } = entry;
    const view = { state: this.#state, block: this.number, hash: this.#parent.hash };
    const candidate = { extrinsic, length: bytes.length, proven: true };
    const validity = validate(this.#executable, view, candidate);
    if (validity.tag === "Err") return refused(validity.value[0]);
    if (validity.value[0].requires.length > 0) return refused(FUTURE);
    if (extrinsic.kind === "bare") {
      return { kind: "included", failure: this.#dispatch(entry, { kind: "none" }) };
    }
    const account = accountOf(extrinsic.address);
    const { info, fee } = priceOf(this.#executable, extrinsic, bytes.length);
    const paid = info.pays_fee.tag === "Yes";
    const amount = fee.total + (paid ? extrinsic.extra.tip : 0n);
    takeFee(this.#dispatcher, account, amount);
    // The nonce advances although the call fails, else the same failure could be sent for ever.
    accounts.update(this.#state, [account], (old) => ({
      ...old,
      nonce: extrinsic.extra.nonce + 1,
    }));
    const failure = this.#dispatch(entry, { kind: "signed", account }, () => {
      if (paid) reportFee(this.#dispatcher, account, fee.total, extrinsic.extra.tip);
    });
    return { kind: "included", failure };
  }

  #dispatch(
    { extrinsic, bytes }: Entry,
    origin: Origin,
    beforeResult = () => {},
  ): DispatchError | undefined {
    const error = this.#dispatcher.dispatch(extrinsic.call, origin);
    beforeResult();
    const { info } = priceOf(this.#executable, extrinsic, bytes.length);
    this.#dispatcher.emit(
      error
        ? extrinsicFailed({ dispatch_error: error, dispatch_info: info })
        : extrinsicSuccess({ dispatch_info: info }),
    );
    return error;
  }
}

const FUTURE: TransactionValidityError = {
  tag: "Invalid",
  value: { tag: "Future", value: undefined },
};
const refused = (error: TransactionValidityError): Applied => ({ kind: "refused", error });
