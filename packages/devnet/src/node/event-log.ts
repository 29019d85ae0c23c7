import { compactNumber } from "@polkadot-api/substrate-bindings";
import type { EncodedEvent } from "../frame/event.ts";
import { storageOf } from "../frame/storage.ts";
import { eventCount } from "../pallets/system/storage.ts";
import { phase as phaseType } from "../scale/known.ts";
import { unit } from "../scale/primitives.ts";
import type { ValueOf } from "../scale/type.ts";
import type { State } from "../state/state.ts";
import { concat } from "./bytes.ts";

export type Phase = ValueOf<typeof phaseType>;

const NO_TOPICS = Uint8Array.of(0);
/** Its entries arrive encoded, whatever pallet they are of; only the key is needed. */
const EVENTS_KEY = storageOf("System").item("Events", [], unit, undefined).key();

/** Collects the events of a block as `System.Events` holds them. */
export class EventLog {
  readonly #records: Uint8Array[] = [];

  append(phase: Phase, events: readonly EncodedEvent[]): void {
    const encoded = phaseType.codec.enc(phase);
    for (const event of events) this.#records.push(concat(encoded, event, NO_TOPICS));
  }

  store(state: State): void {
    const { length } = this.#records;
    state.set(EVENTS_KEY, concat(compactNumber.enc(length), ...this.#records));
    eventCount.set(state, [], length);
  }
}
