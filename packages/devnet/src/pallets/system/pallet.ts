import { toHex } from "@neurond/primitives";
import { Blake2256 } from "@polkadot-api/substrate-bindings";
import { ensureRoot, signer } from "../../frame/dispatch.ts";
import { type CallDef, call, type Pallet } from "../../frame/pallet.ts";
import type { RuntimeVersion } from "../../runtime.ts";
import { tuple, vec } from "../../scale/compose.ts";
import { bytes } from "../../scale/primitives.ts";
import type { AnyType } from "../../scale/type.ts";
import { systemConstants } from "./constants.ts";
import * as events from "./events.ts";
import * as storage from "./storage.ts";

/** `:code`, where a runtime keeps itself; here only a mark that an upgrade happened. */
const CODE_KEY = "0x3a636f6465";

const calls: readonly CallDef[] = [
  call(0, "remark", { remark: bytes }, () => undefined),
  call(7, "remark_with_event", { remark: bytes }, (context, { remark }) => {
    const sender = signer(context);
    context.emit(events.remarked({ sender, hash: toHex(Blake2256(remark)) }));
  }),
  call(2, "set_code", { code: bytes }, (context, { code }) => {
    ensureRoot(context);
    context.state.set(CODE_KEY, code);
    context.emit(events.codeUpdated({}));
  }),
  call(4, "set_storage", { items: vec(tuple(bytes, bytes)) }, (context, { items }) => {
    ensureRoot(context);
    for (const [key, value] of items) context.state.set(toHex(key), value);
  }),
];

/** Pallet `System`: accounts, block hashes, events. */
export function systemPallet(runtimeEvent: AnyType, version: RuntimeVersion): Pallet {
  return {
    ...events.SYSTEM,
    storage: [
      storage.account,
      storage.extrinsicCount,
      storage.blockHash,
      storage.number,
      storage.parentHash,
      storage.digestOf,
      storage.eventsItem(runtimeEvent),
      storage.eventCount,
      storage.lastUpgrade,
      storage.executionPhase,
    ],
    calls,
    events: [
      events.extrinsicSuccess.def,
      events.extrinsicFailed.def,
      events.codeUpdated.def,
      events.newAccount.def,
      events.killedAccount.def,
      events.remarked.def,
    ],
    errors: Object.values(events.systemErrors),
    constants: systemConstants(version),
  };
}
