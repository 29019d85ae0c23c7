import type { Hex } from "@neurond/primitives";
import { type BlockContext, type CallContext, ensure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { u16 } from "../../scale/primitives.ts";
import type { State } from "../../state/state.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { owns } from "./hotkey-owner.ts";
import { hasElapsed, TRANSACTION } from "./rate-limit.ts";
import { hasStakeForWeights } from "./stake-weight.ts";
import { TransactionKeyLastBlock } from "./storage/limits.ts";
import { NetworksAdded } from "./storage/networks.ts";
import {
  ChildKeys,
  ParentKeys,
  PendingChildKeyCooldown,
  PendingChildKeys,
} from "./storage/stake.ts";
import { type Relatives, relatives } from "./types.ts";

const ROOT = 0;
const MAX_CHILDREN = 5;
const RATE_LIMIT = 150n;
const WHOLE = 2n ** 64n - 1n;

function setChildren(context: CallContext, hotkey: Hex, netuid: number, children: Relatives): void {
  const { state, block } = context;
  const coldkey = signer(context);
  ensure(netuid !== ROOT, errors.RegistrationNotPermittedOnRootSubnet);
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  ensure(owns(state, coldkey, hotkey), errors.NonAssociatedColdKey);
  const last = TransactionKeyLastBlock.get(state, hotkey, netuid, TRANSACTION.SetChildren);
  ensure(hasElapsed(last, block, RATE_LIMIT), errors.TxRateLimitExceeded);
  checkChildren(hotkey, children);
  const staked = children.length === 0 || hasStakeForWeights(state, hotkey, netuid);
  ensure(staked, errors.NotEnoughStakeToSetChildkeys);
  const parents = ParentKeys.get(state, hotkey, netuid);
  const circular = parents.some(([, parent]) => children.some(([, child]) => child === parent));
  ensure(!circular, errors.ChildParentInconsistency);

  TransactionKeyLastBlock.set(state, [hotkey, netuid, TRANSACTION.SetChildren], BigInt(block));
  const from = BigInt(block) + PendingChildKeyCooldown.get(state);
  PendingChildKeys.set(state, [netuid, hotkey], [children, from]);
  context.emit(events.SetChildrenScheduled(hotkey, netuid, from, children));
}

function checkChildren(hotkey: Hex, children: Relatives): void {
  ensure(children.length <= MAX_CHILDREN, errors.TooManyChildren);
  ensure(
    children.every(([, child]) => child !== hotkey),
    errors.InvalidChild,
  );
  const total = children.reduce((sum, [proportion]) => sum + proportion, 0n);
  ensure(total <= WHOLE, errors.ProportionOverflow);
  ensure(
    new Set(children.map(([, child]) => child)).size === children.length,
    errors.DuplicateChild,
  );
}

/** Makes the children of a subnet count whose waiting time is over; part of its epoch. */
export function applyPendingChildren(context: BlockContext, netuid: number): void {
  const { state, block } = context;
  for (const [[, parent], [children, from]] of [...PendingChildKeys.entries(state, netuid)]) {
    if (BigInt(block) < from) continue;
    PendingChildKeys.remove(state, netuid, parent);
    replaceChildren(state, parent, netuid, children);
    context.emit(events.SetChildren(parent, netuid, children));
  }
}

/** Writes both ends of the relation. */
export function replaceChildren(
  state: State,
  parent: Hex,
  netuid: number,
  children: Relatives,
): void {
  for (const [, child] of ChildKeys.get(state, parent, netuid)) {
    writeParents(state, child, netuid, without(ParentKeys.get(state, child, netuid), parent));
  }
  for (const [proportion, child] of children) {
    const others = without(ParentKeys.get(state, child, netuid), parent);
    writeParents(state, child, netuid, [...others, [proportion, parent]]);
  }
  if (children.length > 0) ChildKeys.set(state, [parent, netuid], children);
  else ChildKeys.remove(state, parent, netuid);
}

function writeParents(state: State, child: Hex, netuid: number, parents: Relatives): void {
  if (parents.length > 0) ParentKeys.set(state, [child, netuid], parents);
  else ParentKeys.remove(state, child, netuid);
}

const without = (all: Relatives, key: Hex): Relatives => all.filter(([, other]) => other !== key);

/** Calls by which a hotkey hands part of its stake to others on a subnet. */
export const childrenCalls: readonly CallDef[] = [
  call(
    67,
    "set_children",
    { hotkey: accountId, netuid: u16, children: relatives },
    (context, { hotkey, netuid, children }) => setChildren(context, hotkey, netuid, children),
  ),
];
