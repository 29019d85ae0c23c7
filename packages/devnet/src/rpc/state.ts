import { type Hex, toHex } from "@neurond/primitives";
import type { Block } from "../node/blocks.ts";
import { hashOf } from "../node/bytes.ts";
import type { RuntimeVersion } from "../runtime.ts";
import type { StateReader } from "../state/state.ts";
import { invalidParams, RpcError } from "./error.ts";
import { blockAt, type Method, type Namespace, type Services, stateOf } from "./method.ts";
import type { Params } from "./params.ts";
import { callRuntime } from "./runtime-call.ts";
import {
  runtimeVersionJson,
  subscribeRuntimeVersion,
  subscribeStorage,
} from "./state-subscriptions.ts";

const MAX_PAGE = 1_000;
/** Keys times blocks that one `state_queryStorage` may look at. */
const MAX_LOOKUPS = 200_000;

/** The state at the optional hash which is the last parameter. */
function readerAt(services: Services, params: Params, index: number): StateReader {
  return stateOf(services, blockAt(services, params.atMost(index + 1).hash(index)));
}

const valueAt: Method = (services, params) => {
  const value = readerAt(services, params, 1).get(params.hex(0));
  return value ? toHex(value) : null;
};

const getKeysPaged: Method = (services, params) => {
  const state = readerAt(services, params, 3);
  const count = params.number(1);
  if (count > MAX_PAGE) {
    throw new RpcError(4_002, `count exceeds maximum value. value: ${count}, max: ${MAX_PAGE}`);
  }
  const after = params.has(2) ? params.hex(2) : undefined;
  const keys = state.keys(params.has(0) ? params.hex(0) : "0x");
  const from = after === undefined ? 0 : keys.findIndex((key) => key > after);
  return from < 0 ? [] : keys.slice(from, from + count);
};

const queryStorageAt: Method = (services, params) => {
  const block = blockAt(services, params.atMost(2).hash(1));
  return [changeSet(block, stateOf(services, block), params.hexList(0))];
};

const changeSet = (block: Block, state: StateReader, keys: readonly Hex[]) => ({
  block: block.hash,
  changes: keys.map((key): [Hex, Hex | null] => {
    const value = state.get(key);
    return [key, value ? toHex(value) : null];
  }),
});

/** All keys at the first block, then for each later block what it changed. */
const queryStorage: Method = (services, params) => {
  const keys = params.atMost(3).hexList(0);
  const from = blockAt(services, params.hash(1));
  const to = blockAt(services, params.hash(2));
  if (to.number < from.number) throw invalidParams("the range of blocks is empty");
  if ((to.number - from.number + 1) * keys.length > MAX_LOOKUPS) {
    throw invalidParams("too many keys times blocks: ask for a shorter range");
  }
  const first = changeSet(from, stateOf(services, from), keys);
  const sets = [first];
  const last = new Map(first.changes);
  for (let number = from.number + 1; number <= to.number; number += 1) {
    const block = services.node.blocks.byNumber(number);
    if (!block) break;
    const { changes } = changeSet(block, stateOf(services, block), keys);
    const changed = changes.filter(([key, value]) => last.get(key) !== value);
    for (const [key, value] of changed) last.set(key, value);
    if (changed.length > 0) sets.push({ block: block.hash, changes: changed });
  }
  return sets;
};

const call: Method = (services, params) => {
  const block = blockAt(services, params.atMost(3).hash(2));
  const view = { state: stateOf(services, block), block: block.number, hash: block.hash };
  const runtime = services.node.runtimeAt(block);
  return toHex(callRuntime(runtime, view, params.string(0), params.bytes(1)));
};

const getMetadata: Method = (services, params) =>
  // Nodes answer this with version 14 for ever; newer ones are asked for by `state_call`.
  toHex(services.node.runtimeAt(blockAt(services, params.atMost(1).hash(0))).metadata(14));

const getRuntimeVersion: Method = (services, params) => {
  const { version } = services.node.runtimeAt(blockAt(services, params.atMost(1).hash(0)));
  return runtimeVersionJson(version satisfies RuntimeVersion);
};

/** Storage, runtime calls and the runtime itself, at any block. */
export const state: Namespace = {
  methods: {
    state_getMetadata: getMetadata,
    state_getRuntimeVersion: getRuntimeVersion,
    state_getStorage: valueAt,
    state_getStorageHash: (services, params) => {
      const value = readerAt(services, params, 1).get(params.hex(0));
      return value ? hashOf(value) : null;
    },
    state_getStorageSize: (services, params) =>
      readerAt(services, params, 1).get(params.hex(0))?.length ?? null,
    state_getKeysPaged: getKeysPaged,
    state_getKeys: (services, params) => readerAt(services, params, 1).keys(params.hex(0)),
    state_queryStorageAt: queryStorageAt,
    state_queryStorage: queryStorage,
    state_call: call,
  },
  aliases: {
    chain_getRuntimeVersion: "state_getRuntimeVersion",
    state_getStorageAt: "state_getStorage",
    state_getStorageHashAt: "state_getStorageHash",
    state_getStorageSizeAt: "state_getStorageSize",
    state_getKeysPagedAt: "state_getKeysPaged",
    state_callAt: "state_call",
    chain_subscribeRuntimeVersion: "state_subscribeRuntimeVersion",
    chain_unsubscribeRuntimeVersion: "state_unsubscribeRuntimeVersion",
  },
  subscriptions: [
    {
      subscribe: "state_subscribeStorage",
      unsubscribe: "state_unsubscribeStorage",
      notification: "state_storage",
      start: subscribeStorage,
    },
    {
      subscribe: "state_subscribeRuntimeVersion",
      unsubscribe: "state_unsubscribeRuntimeVersion",
      notification: "state_runtimeVersion",
      start: subscribeRuntimeVersion,
    },
  ],
};
