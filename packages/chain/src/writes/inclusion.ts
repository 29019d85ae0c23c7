import { type BlockNumber, fromHex, type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { extrinsicsOf } from "../blocks.ts";
import type { ChainContext } from "../context.ts";
import type { Head } from "../head.ts";
import { readEvents } from "../reads/events.ts";
import { resolveBlock } from "../state.ts";
import type { Refusal } from "../submission.ts";
import { failureIn } from "./outcome.ts";

/** Where an extrinsic ended up. */
export type Inclusion =
  | { readonly kind: "found"; readonly block: BlockNumber; readonly hash: Hex }
  | { readonly kind: "failed"; readonly error: Refusal }
  /** Its era is over and no block has it. */
  | { readonly kind: "outdated" };

/** Blocks after the era's end before "not included" is believed: reorganisations are shorter. */
const REORG_BLOCKS = 6;

/**
 * Looks for the extrinsic in every new block on the best chain since it was signed. Blocks are read,
 * not a subscription: a subscription can die unnoticed, state cannot.
 */
export async function awaitInclusion(
  context: ChainContext,
  {
    extrinsic,
    since,
    until: lastBlock,
  }: { extrinsic: { hash: Hex }; since: number; until: number },
  until: "best" | "finalized",
  signal: AbortSignal,
): Promise<Inclusion> {
  /** Blocks that do not have it. */
  const without = new Set<Hex>();
  for await (const { number } of context.connection.heads.follow(signal)) {
    const found = await findOnBestChain(context, extrinsic.hash, since, without, signal);
    if (found !== undefined) {
      const certain = until === "best" || (await isFinal(context, found.block, signal));
      if (certain) return judge(context, found, signal);
    } else if (number > lastBlock + REORG_BLOCKS) {
      return { kind: "outdated" };
    }
  }
  throw signal.reason;
}

interface Found {
  readonly block: Head;
  readonly index: number;
}

/** From the best block back to where the extrinsic was signed, or to a block seen before. */
async function findOnBestChain(
  context: ChainContext,
  hash: Hex,
  since: number,
  without: Set<Hex>,
  signal: AbortSignal,
): Promise<Found | undefined> {
  return context.connection.run(signal, async ({ socket }) => {
    const rpc = (method: string, params: readonly unknown[]) =>
      socket.request(method, params, signal);
    let block = await resolveBlock(rpc, "best");
    const searched: Hex[] = [];
    while (block.number > since && !without.has(block.hash)) {
      const extrinsics = extrinsicsOf(await rpc("chain_getBlock", [block.hash]));
      const index = extrinsics.findIndex((bytes) => hashOf(bytes) === hash);
      if (index >= 0) return { block, index };
      searched.push(block.hash);
      block = await resolveBlock(rpc, block.parentHash);
    }
    // Only now: a walk that broke off must be walked again.
    for (const done of searched) without.add(done);
    return undefined;
  });
}

async function isFinal(context: ChainContext, block: Head, signal: AbortSignal): Promise<boolean> {
  return context.connection.run(signal, async ({ socket }) => {
    const rpc = (method: string, params: readonly unknown[]) =>
      socket.request(method, params, signal);
    const finalized = await resolveBlock(rpc, "finalized");
    if (finalized.number < block.number) return false;
    return (await rpc("chain_getBlockHash", [block.number])) === block.hash;
  });
}

async function judge(
  context: ChainContext,
  { block, index }: Found,
  signal: AbortSignal,
): Promise<Inclusion> {
  return context.connection.run(signal, async (session) => {
    const state = await context.executed(session, block.hash, signal);
    const events = (await readEvents(state)).filter(({ extrinsic }) => extrinsic === index);
    const error = failureIn(state.runtime, events);
    if (error !== undefined) return { kind: "failed", error };
    return { kind: "found", block: block.number, hash: block.hash };
  });
}

function hashOf(extrinsic: string): Hex {
  return toHex(blake2b(fromHex(extrinsic), { dkLen: 32 }));
}
