import type { Hex } from "@neurond/primitives";
import { toHex } from "@neurond/primitives";
import type { Block } from "../node/blocks.ts";
import { headerJson } from "../node/header.ts";
import { invalidParams } from "./error.ts";
import type { Method, Namespace, Services, Subscription } from "./method.ts";
import { asNumber, type Params } from "./params.ts";

/** Numbers asked for at once. */
const MAX_HASHES = 10_000;

/** Blocks are not errors here when they are unknown: the answer is null. */
const find = ({ node }: Services, params: Params): Block | undefined => {
  const hash = params.atMost(1).hash(0);
  return hash === undefined ? node.best : node.blocks.byHash(hash);
};

const getBlockHash: Method = ({ node }, params) => {
  const hashOf = (value: unknown): Hex | null =>
    value === undefined || value === null
      ? node.best.hash
      : (node.blocks.byNumber(asNumber(value, 0))?.hash ?? null);
  const asked = params.atMost(1).raw(0);
  if (!Array.isArray(asked)) return hashOf(asked);
  if (asked.length > MAX_HASHES) throw invalidParams(`more than ${MAX_HASHES} numbers`);
  return asked.map(hashOf);
};

const getHeader: Method = (services, params) => {
  const block = find(services, params);
  return block ? headerJson(block.header) : null;
};

const getBlock: Method = (services, params) => {
  const block = find(services, params);
  if (!block) return null;
  const extrinsics = block.extrinsics.map((bytes) => toHex(bytes));
  return { block: { header: headerJson(block.header), extrinsics }, justifications: null };
};

const newHeads =
  (name: string): Subscription["start"] =>
  ({ node }, params, notify) => {
    params.atMost(0);
    notify(headerJson((name === "finalized" ? node.finalized : node.best).header));
    return name === "finalized"
      ? node.finalizedBlocks.listen(({ header }) => notify(headerJson(header)))
      : node.imported.listen(({ block }) => notify(headerJson(block.header)));
  };

/** Blocks and their headers. */
export const chain: Namespace = {
  methods: {
    chain_getBlockHash: getBlockHash,
    chain_getHead: ({ node }, params) => {
      params.atMost(1);
      return node.best.hash;
    },
    chain_getHeader: getHeader,
    chain_getBlock: getBlock,
    chain_getFinalizedHead: ({ node }, params) => {
      params.atMost(0);
      return node.finalized.hash;
    },
  },
  aliases: {
    chain_getFinalisedHead: "chain_getFinalizedHead",
    chain_subscribeNewHead: "chain_subscribeNewHeads",
    chain_unsubscribeNewHead: "chain_unsubscribeNewHeads",
    subscribe_newHead: "chain_subscribeNewHeads",
    unsubscribe_newHead: "chain_unsubscribeNewHeads",
    chain_subscribeFinalisedHeads: "chain_subscribeFinalizedHeads",
    chain_unsubscribeFinalisedHeads: "chain_unsubscribeFinalizedHeads",
  },
  subscriptions: [
    {
      subscribe: "chain_subscribeNewHeads",
      unsubscribe: "chain_unsubscribeNewHeads",
      notification: "chain_newHead",
      start: newHeads("best"),
    },
    {
      subscribe: "chain_subscribeFinalizedHeads",
      unsubscribe: "chain_unsubscribeFinalizedHeads",
      notification: "chain_finalizedHead",
      start: newHeads("finalized"),
    },
    {
      subscribe: "chain_subscribeAllHeads",
      unsubscribe: "chain_unsubscribeAllHeads",
      notification: "chain_allHead",
      start: newHeads("all"),
    },
  ],
};
