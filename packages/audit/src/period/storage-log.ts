import type { CommitmentFact } from "@neurond/consensus";
import { attachBodies, type Document, type Observation, parseLogCommitment } from "@neurond/ledger";
import { fromHex, type Hex, type Hotkey, type RunId } from "@neurond/primitives";
import {
  DeletionBody,
  DOCUMENT,
  EntryList,
  InventoryBody,
  PlanBody,
  parseSignedReceipt,
  type SignedReceipt,
} from "@neurond/workload-storage";
import {
  BurnedRecord,
  CommitmentRecord,
  parseSignedGrant,
  RevealRecord,
  type SignedGrant,
  TimelockRecord,
} from "@neurond/workload-storage/sweep";
import type { PlacedEntry } from "../segment.ts";

/** Something a log says, with its place in it. */
export interface Placed<Value> {
  readonly index: number;
  readonly value: Value;
}

/** What an inventory document says, and of which run; entries are null when they were not served. */
export interface LoggedInventory {
  readonly runId: RunId;
  readonly miner: Hotkey;
  readonly body: Omit<InventoryBody, "entries">;
  readonly entries: EntryList | null;
}

/** All that a validator's log says of storage, in its order. */
export interface StorageLog {
  readonly commitments: readonly Placed<CommitmentRecord>[];
  readonly reveals: readonly Placed<RevealRecord>[];
  readonly burned: readonly Placed<BurnedRecord>[];
  readonly timelocks: readonly Placed<TimelockRecord>[];
  readonly grants: readonly Placed<SignedGrant>[];
  readonly receipts: readonly Placed<SignedReceipt>[];
  /** Shards whose owners gave them up, and the run in which that was logged. */
  readonly deleted: readonly Placed<{ readonly runId: RunId; readonly shardId: Hex }>[];
  readonly inventories: readonly Placed<LoggedInventory>[];
  readonly plans: readonly Placed<{ readonly runId: RunId; readonly body: PlanBody }>[];
  readonly observations: readonly Placed<Observation>[];
}

type BodyOf = (hash: string) => Uint8Array | undefined;
const Head = InventoryBody.omit({ entries: true });

/** Sorts what a log says of storage; what has no meaning is left out, for nobody can be held to it. */
export function readStorageLog(
  entries: readonly PlacedEntry[],
  validator: Hotkey,
  bodyOf: BodyOf,
): StorageLog {
  const log = {
    commitments: [] as Placed<CommitmentRecord>[],
    reveals: [] as Placed<RevealRecord>[],
    burned: [] as Placed<BurnedRecord>[],
    timelocks: [] as Placed<TimelockRecord>[],
    grants: [] as Placed<SignedGrant>[],
    receipts: [] as Placed<SignedReceipt>[],
    deleted: [] as Placed<{ runId: RunId; shardId: Hex }>[],
    inventories: [] as Placed<LoggedInventory>[],
    plans: [] as Placed<{ runId: RunId; body: PlanBody }>[],
    observations: [] as Placed<Observation>[],
  };
  for (const { index, entry } of entries) {
    if (entry === null || entry.validator !== validator) continue;
    if (entry.kind === "observation") log.observations.push({ index, value: entry });
    if (entry.kind !== "document") continue;
    const put = <Value>(list: Placed<Value>[], value: Value | null | undefined) => {
      if (value !== null && value !== undefined) list.push({ index, value });
    };
    switch (entry.type) {
      case DOCUMENT.commitment:
        put(log.commitments, CommitmentRecord.safeParse(entry.body).data);
        break;
      case DOCUMENT.reveal:
        put(log.reveals, RevealRecord.safeParse(entry.body).data);
        break;
      case DOCUMENT.burned:
        put(log.burned, BurnedRecord.safeParse(entry.body).data);
        break;
      case DOCUMENT.timelock:
        put(log.timelocks, TimelockRecord.safeParse(entry.body).data);
        break;
      case DOCUMENT.grant:
        put(
          log.grants,
          attempt(() => parseSignedGrant(entry.body)),
        );
        break;
      case DOCUMENT.receipt:
        put(
          log.receipts,
          attempt(() => parseSignedReceipt(entry.body)),
        );
        break;
      case DOCUMENT.deletion: {
        const ids = DeletionBody.safeParse(entry.body).data?.shard_ids ?? [];
        for (const shardId of ids) put(log.deleted, { runId: entry.run_id, shardId });
        break;
      }
      case DOCUMENT.inventory:
        put(log.inventories, inventoryOf(entry, bodyOf));
        break;
      case DOCUMENT.plan: {
        const body = PlanBody.safeParse(entry.body).data;
        put(log.plans, body && { runId: entry.run_id, body });
        break;
      }
    }
  }
  return log;
}

function inventoryOf({ run_id, miner, body }: Document, bodyOf: BodyOf): LoggedInventory | null {
  const parsed = Head.loose().safeParse(body);
  if (miner === null || !parsed.success) return null;
  const whole = attachBodies(body, bodyOf);
  const text = whole.ok ? InventoryBody.safeParse(whole.value).data?.entries : undefined;
  const entries = text === undefined ? null : attempt(() => EntryList.decode(fromHex(text)));
  return { runId: run_id, miner, body: parsed.data, entries };
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    // Whatever a log holds must not end its audit.
    return null;
  }
}

/** A head of a log, and the block that has it. */
interface AnchoredHead {
  readonly size: number;
  readonly block: number;
}

/** From which block on chain entries of a log are bound, as far as its anchors are known. */
export class AnchorBlocks {
  readonly #heads: readonly AnchoredHead[];

  private constructor(heads: readonly AnchoredHead[]) {
    this.#heads = heads;
  }

  /** Anchors that the log itself bears out. */
  static async of(
    open: { rootAt(size: number): Promise<string | null> },
    facts: readonly CommitmentFact[],
  ): Promise<AnchorBlocks> {
    const heads: AnchoredHead[] = [];
    for (const { payload, block } of facts) {
      const head = parseLogCommitment(payload);
      if (head !== null && (await open.rootAt(head.size)) === head.root) {
        heads.push({ size: head.size, block });
      }
    }
    return new AnchorBlocks(heads.sort((a, b) => a.block - b.block));
  }

  /**
   * The block that first binds an entry; null while none does. What stands under the oldest anchor we
   * know may have stood under one before it: of that nobody is accused, so it counts as from ever.
   */
  blockOf(index: number): number | null {
    const at = this.#heads.findIndex(({ size }) => size > index);
    if (at === 0) return -1;
    return this.#heads[at]?.block ?? null;
  }
}
