import type { Hex } from "@neurond/primitives";
import type { Block } from "../node/blocks.ts";
import type { Node } from "../node/node.ts";
import type { Producer } from "../node/producer.ts";
import type { StateReader } from "../state/state.ts";
import { stateDiscarded, unknownBlock } from "./error.ts";
import type { Faults } from "./faults.ts";
import type { Params } from "./params.ts";

/** What the methods work with. */
export interface Services {
  readonly node: Node;
  readonly producer: Producer;
  readonly faults: Faults;
}

/** Answers a request; throws an RpcError to refuse it. */
export type Method = (services: Services, params: Params) => unknown;

export interface Subscription {
  readonly subscribe: string;
  readonly unsubscribe: string;
  /** Method name of the notifications. */
  readonly notification: string;
  /** Begins to notify; the answer ends it. Refuses by throwing an RpcError. */
  readonly start: (
    services: Services,
    params: Params,
    notify: (result: unknown) => void,
  ) => () => void;
}

/** The methods of one namespace. */
export interface Namespace {
  readonly methods: Readonly<Record<string, Method>>;
  /** Other names of methods, subscriptions and their ends. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly subscriptions?: readonly Subscription[];
}

const ZERO_HASH: Hex = `0x${"00".repeat(32)}`;

/** The block that an optional hash names: the best one when absent. @throws RpcError 4003 */
export function blockAt({ node }: Services, hash: Hex | undefined): Block {
  if (hash === undefined) return node.best;
  // Clients ask for what was in force before a block; before genesis that is genesis.
  const block = hash === ZERO_HASH ? node.blocks.genesis : node.blocks.byHash(hash);
  if (!block) throw unknownBlock(hash);
  return block;
}

/** The state after a block. @throws RpcError 4003 when it is gone */
export function stateOf({ node }: Services, block: Block): StateReader {
  const state = node.stateAt(block);
  if (!state) throw stateDiscarded(block.hash);
  return state;
}
