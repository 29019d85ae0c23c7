import type { BlockCommitments, Chain } from "@neurond/chain";
import { digestOf } from "@neurond/exports";
import type { AuditState, RowsAnswer, SignedAnswer, StoredAnswer, Witness } from "@neurond/ingest";
import { CodedError, type Hotkey, type Netuid, toBlockNumber, toHex } from "@neurond/primitives";
import { rowsField } from "./rows-field.ts";

/** Whom to ask. */
export interface ChainWitnessOptions {
  readonly netuid: Netuid;
  readonly chain: Chain;
  /** Opened when the first does not know, in this order; each is asked for what the one before has lost. */
  readonly archives: readonly (() => Promise<Chain>)[];
  /** What was seen by following; null where nobody follows. */
  readonly seen: Pick<AuditState, "digestsAt"> | null;
}

type Read = Pick<Chain, "blockCommitments" | "commitment">;

/** Reports of one hour come within few blocks, and a search around one asks for its neighbours. */
const MAX_BLOCKS = 512;

/** The chain as a witness: our own notes first, then bodies and state of each node in turn. */
export function chainWitness(options: ChainWitnessOptions): Witness<AbortSignal> {
  const { netuid, chain, archives, seen } = options;
  const asked = [async () => chain, ...archives].map((open) => remembering(open));

  async function inTurn<Answer extends { readonly kind: string }>(
    ask: (node: Read) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer | { readonly kind: "gone" | "failed"; readonly detail: string }> {
    let last: { readonly kind: "gone" | "failed"; readonly detail: string } | null = null;
    for (const open of asked) {
      try {
        return await ask(await open());
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof CodedError)) throw error;
        const kind = GONE.includes(error.code) ? "gone" : "failed";
        // A node that has it, and does not answer now, leaves hope; one that lost it does not.
        if (last === null || last.kind === "gone") last = { kind, detail: error.message };
      }
    }
    return last ?? { kind: "failed", detail: "no node was asked" };
  }

  return {
    async finalized(signal) {
      return (await chain.head({ at: "finalized", signal })).number;
    },
    async signed(block, hotkey, signal): Promise<SignedAnswer> {
      const noted = await seen?.digestsAt(netuid, hotkey, block);
      const [first] = noted ?? [];
      if (noted !== undefined && first !== undefined) {
        const digests = noted.map(({ digest }) => digest);
        const { blockTime } = first;
        return { kind: "body", digests, blockTime, isConfirmed: true, isFollowed: true };
      }
      return await inTurn((node) => signedOn(node, netuid, block, hotkey, signal), signal);
    },
    async stored(block, hotkey, signal): Promise<StoredAnswer> {
      return await inTurn((node) => storedOn(node, netuid, block, hotkey, signal), signal);
    },
    async rows(block, hotkey, digest, signal): Promise<RowsAnswer> {
      const claim = { netuid, block, hotkey, digest };
      return await inTurn((node) => rowsOn(node, claim, signal), signal);
    },
  };
}

/** A node whose answers about blocks are kept for a while: a block that is final does not change. */
function remembering(open: () => Promise<Read>): () => Promise<Read> {
  const blocks = new Map<number, Promise<BlockCommitments>>();
  return async () => {
    const node = await open();
    return {
      commitment: node.commitment,
      blockCommitments(id, options) {
        const known = blocks.get(id.block);
        if (known !== undefined) return known;
        const read = node.blockCommitments(id, options);
        blocks.set(id.block, read);
        // What failed is asked again.
        read.catch(() => blocks.delete(id.block));
        const [oldest] = blocks.keys();
        if (blocks.size > MAX_BLOCKS && oldest !== undefined) blocks.delete(oldest);
        return read;
      },
    };
  };
}

const GONE = ["STATE_DISCARDED", "BLOCK_UNKNOWN"];

async function signedOn(
  node: Read,
  netuid: Netuid,
  block: number,
  hotkey: Hotkey,
  signal: AbortSignal,
): Promise<SignedAnswer> {
  const read = await node.blockCommitments({ block: toBlockNumber(block), netuid }, { signal });
  const own = read.commitments.filter((commitment) => commitment.hotkey === hotkey);
  return {
    kind: "body",
    digests: own.map(({ fields }) => hexOf(digestOf(fields))),
    blockTime: read.timeMs === undefined ? null : read.timeMs * 1_000,
    isConfirmed: read.isConfirmed,
    isFollowed: false,
  };
}

async function storedOn(
  node: Read,
  netuid: Netuid,
  block: number,
  hotkey: Hotkey,
  signal: AbortSignal,
): Promise<StoredAnswer> {
  const stored = await node.commitment({ netuid, hotkey }, { at: toBlockNumber(block), signal });
  if (stored === undefined) return { kind: "none" };
  return { kind: "stored", block: stored.block, digest: hexOf(digestOf(stored.fields)) };
}

/** Our notes keep digests alone, so the block is read; its state where the call is not in its body. */
async function rowsOn(
  node: Read,
  { netuid, block, hotkey, digest }: RowsClaim,
  signal: AbortSignal,
): Promise<RowsAnswer> {
  const at = toBlockNumber(block);
  const { commitments } = await node.blockCommitments({ block: at, netuid }, { signal });
  const called = commitments.findLast(
    (one) => one.hotkey === hotkey && hexOf(digestOf(one.fields)) === digest,
  );
  if (called !== undefined) return { kind: "rows", tree: rowsField(called.fields) };
  const stored = await node.commitment({ netuid, hotkey }, { at, signal });
  if (stored !== undefined && hexOf(digestOf(stored.fields)) === digest)
    return { kind: "rows", tree: rowsField(stored.fields) };
  return { kind: "gone", detail: `no commitment to ${digest} in block ${block}` };
}

interface RowsClaim {
  readonly netuid: Netuid;
  readonly block: number;
  readonly hotkey: Hotkey;
  readonly digest: string;
}

/** A digest as everything here compares it; null for none. */
export function hexOf(digest: Uint8Array | null): string | null {
  return digest === null ? null : toHex(digest).slice(2);
}
