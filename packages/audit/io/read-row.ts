import type { RowFact, RunTimes } from "@neurond/audit";
import type { Chain, MechanismId, Metagraph } from "@neurond/chain";
import {
  type BlockNumber,
  type Hotkey,
  isCoded,
  revealBlock,
  toBlockNumber,
} from "@neurond/primitives";

/** The chain as it is known now, and at the last moment that counts for a run's weights. */
export interface RowMoment {
  readonly run: RunTimes;
  readonly finalized: BlockNumber;
  /** The subnet at the last block of the run's time for weights, or at the last final one before. */
  readonly last: Metagraph;
}

/** What a validator set for a run, and whether that can be known yet. */
export async function readRow(
  chain: Chain,
  id: MechanismId,
  hotkey: Hotkey,
  { run, finalized, last }: RowMoment,
  signal: AbortSignal,
): Promise<RowFact> {
  const neuron = last.byHotkey.get(hotkey);
  if (neuron === undefined) return { kind: "unread", reason: "NOT_REGISTERED" };
  const setAt = neuron.lastUpdate;
  const isOver = last.block + 1 >= run.weightsEnd;
  if (setAt < run.revealEnd) {
    return isOver ? { kind: "unset", block: last.block, setAt } : { kind: "pending", setAt };
  }
  try {
    const at = await openedAt(
      chain,
      { ...id, hotkey },
      { setAt, last: last.block, finalized },
      signal,
    );
    if (at === "sealed") return { kind: "pending", setAt };
    if (at === "hidden") return { kind: "unread", reason: "HASH_COMMIT" };
    const [rows, holders, hash] = await Promise.all([
      chain.weights(id, { at, signal }),
      chain.metagraph(id, { at: setAt, signal }),
      chain.blockHash(at, { signal }),
    ]);
    if (hash === undefined) return { kind: "unread", reason: "BLOCK_UNKNOWN" };
    return {
      kind: "row",
      block: at,
      blockHash: hash,
      setAt,
      weights: rows.find(({ uid }) => uid === neuron.uid)?.weights ?? [],
      holders: holders.neurons.map(({ uid, hotkey: key, blockAtRegistration }) => {
        return { uid, hotkey: key, since: blockAtRegistration };
      }),
    };
  } catch (error) {
    signal.throwIfAborted();
    // An older block's state may be gone; then nothing can be said.
    if (isCoded(error)) return { kind: "unread", reason: error.code };
    throw error;
  }
}

/** The block at whose end the row set in `setAt` stands: at once, or when its time lock opens. */
async function openedAt(
  chain: Chain,
  id: MechanismId & { readonly hotkey: Hotkey },
  at: { readonly setAt: BlockNumber; readonly last: BlockNumber; readonly finalized: BlockNumber },
  signal: AbortSignal,
): Promise<BlockNumber | "sealed" | "hidden"> {
  const { setAt, last, finalized } = at;
  const pending = await chain.pendingCommits(id, { at: setAt, signal });
  const commit = pending.find(({ block }) => block === setAt);
  if (commit === undefined) return last;
  if (commit.kind === "hash") return "hidden";
  const before = toBlockNumber(setAt - 1);
  const [schedule, { commitRevealPeriodEpochs }] = await Promise.all([
    chain.epochSchedule(id.netuid, { at: before, signal }),
    chain.hyperparameters(id.netuid, { at: before, signal }),
  ]);
  let reveal = toBlockNumber(revealBlock(schedule, before, commitRevealPeriodEpochs));
  // The chain opens a lock when the pulse is there, which may be some blocks late.
  for (; reveal <= finalized; reveal = toBlockNumber(reveal + 1)) {
    const left = await chain.pendingCommits(id, { at: reveal, signal });
    if (!left.some(({ hash }) => hash === commit.hash)) return reveal;
    if (reveal > setAt + MAX_WAIT) return "hidden";
  }
  return "sealed";
}

/** A lock that has not opened by then is not waited for. */
const MAX_WAIT = 100_000;
