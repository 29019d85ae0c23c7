import {
  type CallContext,
  ensure,
  ensureRoot,
  failure,
  type PalletError,
} from "../../frame/dispatch.ts";
import type { EncodedEvent } from "../../frame/event.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import type { StorageItem } from "../../frame/storage.ts";
import { u16 } from "../../scale/primitives.ts";
import type { AnyType, Type } from "../../scale/type.ts";
import type { State } from "../../state/state.ts";
import {
  type Authority,
  ensureOwnerOrRoot,
  ensureOwnerPace,
  ensureWindowOpen,
  recordOwnerAction,
} from "../subtensor/owner-action.ts";
import { NetworksAdded } from "../subtensor/storage/networks.ts";
import type { Hyperparameter } from "../subtensor/types.ts";
import { adminErrors } from "./errors.ts";

/** A change of one subnet, after everybody who may not make it was turned away. */
export interface SubnetChange {
  readonly context: CallContext;
  readonly state: State;
  readonly netuid: number;
  readonly by: Authority;
}

/** Who may change something: root only, or the owner too, perhaps at the pace of a parameter. */
export type Permission = "root" | "owner" | Hyperparameter;

/** A call that changes one parameter of one subnet. */
export interface SubnetSetter<T> {
  readonly index: number;
  readonly name: string;
  readonly argument: string;
  readonly type: Type<T>;
  readonly permission: Permission;
  /** Why the value is refused, if it is. */
  readonly refuse?: (change: SubnetChange, value: T) => PalletError | undefined;
  readonly item: StorageItem<readonly [number], T, T>;
  readonly event: (netuid: number, value: T) => EncodedEvent;
}

export const subnetSetter = <T>(setter: SubnetSetter<T>): CallDef =>
  subnetCall(
    setter.index,
    setter.name,
    { [setter.argument]: setter.type },
    setter.permission,
    (change, args) => {
      const value = args[setter.argument] as T;
      const refusal = setter.refuse?.(change, value);
      if (refusal) throw failure(refusal);
      setter.item.set(change.state, [change.netuid], value);
      change.context.emit(setter.event(change.netuid, value));
    },
  );

/** A call about one subnet: permission, pace, existence and window are checked in this order. */
export function subnetCall(
  index: number,
  name: string,
  fields: Readonly<Record<string, AnyType>>,
  permission: Permission,
  run: (change: SubnetChange, args: Readonly<Record<string, unknown>>) => void,
): CallDef {
  return call(index, name, { netuid: u16, ...fields }, (context, args) => {
    const netuid = args["netuid"] as number;
    const by = authorise(context, netuid, permission);
    ensure(NetworksAdded.get(context.state, netuid), adminErrors.SubnetDoesNotExist);
    ensureWindowOpen(context, netuid);
    run({ context, state: context.state, netuid, by }, args);
    if (by === "owner" && isPaced(permission)) {
      recordOwnerAction(context.state, netuid, permission, context.block);
    }
  });
}

function authorise(context: CallContext, netuid: number, permission: Permission): Authority {
  if (permission === "root") {
    ensureRoot(context);
    return "root";
  }
  const by = ensureOwnerOrRoot(context, netuid);
  if (by === "owner" && isPaced(permission)) ensureOwnerPace(context, netuid, permission);
  return by;
}

const isPaced = (permission: Permission): permission is Hyperparameter =>
  permission !== "root" && permission !== "owner";

/** A call that sets one value of the whole chain; root only. */
export const globalSetter = <T>(setter: {
  readonly index: number;
  readonly name: string;
  readonly argument: string;
  readonly type: Type<T>;
  readonly item: StorageItem<readonly [], T, T>;
  readonly event: ((value: T) => EncodedEvent) | undefined;
}): CallDef =>
  call(setter.index, setter.name, { [setter.argument]: setter.type }, (context, args) => {
    ensureRoot(context);
    const value = args[setter.argument] as T;
    setter.item.set(context.state, [], value);
    if (setter.event) context.emit(setter.event(value));
  });
