import { type BlockNumber, type Hex, isCoded, type Netuid } from "@neurond/primitives";
import type { BlockCommitments, CommitmentSeen } from "./commitment.ts";
import { isBlockHash } from "./connection/header.ts";
import type { ChainContext } from "./context.ts";
import { type ChainCode, chainError } from "./errors.ts";
import type { ChainClock, ChainEvent, Head, NewHead } from "./head.ts";
import type { CallOptions, ReadOptions } from "./options.ts";
import { readClock } from "./reads/clock.ts";
import {
  commitmentsSigned,
  heights,
  readCommitmentsOfBlock,
  timeSet,
} from "./reads/commitment-scan.ts";
import { readEvents } from "./reads/events.ts";
import { resolveBlock } from "./state.ts";

/** A block's header. */
export function head(context: ChainContext, options: ReadOptions = {}): Promise<Head> {
  return context.session("head", options, ({ socket }, signal) =>
    resolveBlock((method, params) => socket.request(method, params, signal), options.at ?? "best"),
  );
}

/** The hash of a height on the best chain. */
export function blockHash(
  context: ChainContext,
  block: BlockNumber,
  options: CallOptions = {},
): Promise<Hex | undefined> {
  return context.session("block hash", options, async ({ socket }, signal) => {
    const hash = await socket.request("chain_getBlockHash", [block], signal);
    if (hash === null) return undefined;
    if (isBlockHash(hash)) return hash;
    throw chainError("RPC_MALFORMED", "the node sent what is not a block hash");
  });
}

/** Events of a block, decoded with the runtime that made it. */
export function events(
  context: ChainContext,
  options: ReadOptions = {},
): Promise<readonly ChainEvent[]> {
  return context.session("events", options, async (session, signal) =>
    readEvents(await context.executed(session, options.at ?? "best", signal)),
  );
}

/** Chain time, skew of the local clock, and measured block time. */
export function clock(context: ChainContext, options: ReadOptions = {}): Promise<ChainClock> {
  return context.session("clock", options, async (session, signal) => {
    const state = await context.stateOn(session, options.at ?? "best", signal);
    return readClock(state, context.now, context.connection.heads.ageOf(state.block.hash));
  });
}

/** New best blocks until the signal fires; ends with the client's own closing error if it is closed. */
export async function* watchHeads(
  context: ChainContext,
  options: CallOptions = {},
): AsyncGenerator<NewHead> {
  const { closed, heads } = context.connection;
  const own = new AbortController();
  const stop = (signal: AbortSignal) => () => own.abort(signal.reason);
  const sources = [closed, ...(options.signal === undefined ? [] : [options.signal])];
  const listeners = sources.map((signal) => [signal, stop(signal)] as const);
  for (const [signal, listener] of listeners) {
    if (signal.aborted) listener();
    signal.addEventListener("abort", listener, { once: true });
  }
  try {
    yield* heads.follow(own.signal);
  } finally {
    for (const [signal, listener] of listeners) signal.removeEventListener("abort", listener);
  }
}

/** Commitments set in a range of blocks, block by block; each block has its own deadline. */
export async function* scanCommitments(
  context: ChainContext,
  range: { readonly from: BlockNumber; readonly to: BlockNumber; readonly netuid?: Netuid },
  options: CallOptions = {},
): AsyncGenerator<CommitmentSeen> {
  for (const height of heights(range.from, range.to)) {
    yield* await context.session(`scan block ${height}`, options, async (session, signal) => {
      const state = await context.executed(session, height, signal);
      const block = await session.socket.request("chain_getBlock", [state.block.hash], signal);
      return readCommitmentsOfBlock(state, extrinsicsOf(block), range.netuid);
    });
  }
}

/** Commitments of one block, also where the node keeps its body but no longer its state. */
export function blockCommitments(
  context: ChainContext,
  { block, netuid }: { readonly block: BlockNumber; readonly netuid: Netuid },
  options: CallOptions = {},
): Promise<BlockCommitments> {
  return context.session(`commitments of block ${block}`, options, async (session, signal) => {
    const request = (method: string, params: readonly unknown[]) =>
      session.socket.request(method, params, signal);
    const head = await resolveBlock(request, block);
    const extrinsics = extrinsicsOf(await request("chain_getBlock", [head.hash]));
    const place = { block, blockHash: head.hash };
    try {
      const state = await context.executed(session, head.hash, signal);
      const commitments = await readCommitmentsOfBlock(state, extrinsics, netuid);
      const timeMs = timeSet(state.runtime, extrinsics);
      return { ...place, timeMs, isConfirmed: true, commitments };
    } catch (error) {
      if (!isCoded<ChainCode>(error, "STATE_DISCARDED")) throw error;
      // The runtime of then is gone with its state; the call and the inherent have not changed since.
      const { runtime } = await context.stateOn(session, "best", signal);
      const commitments = commitmentsSigned(runtime, head, extrinsics, netuid);
      const timeMs = timeSet(runtime, extrinsics);
      return { ...place, timeMs, isConfirmed: false, commitments };
    }
  });
}

/** The extrinsics of a `chain_getBlock` answer, as hex. */
export function extrinsicsOf(answer: unknown): readonly string[] {
  if (typeof answer === "object" && answer !== null && "block" in answer) {
    const { block } = answer;
    if (typeof block === "object" && block !== null && "extrinsics" in block) {
      const { extrinsics } = block;
      if (Array.isArray(extrinsics)) return extrinsics.map(String);
    }
  }
  if (answer === null) throw chainError("BLOCK_UNKNOWN", "the node does not have the block");
  throw chainError("RPC_MALFORMED", "the node sent what is not a block");
}
