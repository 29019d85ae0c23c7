import { CodedError, type Hex } from "@neurond/primitives";
import type { DevnetCode } from "../errors.ts";
import type { Change, State } from "../state/state.ts";
import { type Block, BlockStore } from "./blocks.ts";
import { CODE_KEY, encodeCode, type RuntimeCode } from "./code.ts";
import type { Journal } from "./journal.ts";
import { type JournalRecord, restoredChanges, storedChanges } from "./journal-record.ts";
import { blockOf, seal } from "./seal.ts";

const PARENT_OF_GENESIS: Hex = `0x${"00".repeat(32)}`;

/** Where a chain begins: in its journal, or with a new block 0. */
export interface Origin {
  readonly code: RuntimeCode;
  /** Writes the state of block 0. */
  readonly genesis: (state: State) => void;
  readonly journal?: { readonly journal: Journal; readonly records: readonly JournalRecord[] };
}

/**
 * Founds a chain in an empty state, or repeats one from its journal, change by change.
 *
 * @returns its blocks, and how often it was reorganised
 * @throws CodedError STATE_FILE_CORRUPT
 */
export function foundChain(
  state: State,
  origin: Origin,
): { readonly blocks: BlockStore; readonly forks: number } {
  const [first, ...records] = origin.journal?.records ?? [];
  const blocks = new BlockStore(foundGenesis(state, origin, first));
  let forks = 0;
  for (const record of records) {
    if (record.tag === "Block") blocks.add(repeat(state, blocks.best, record.value));
    if (record.tag !== "Rewind") continue;
    forks += 1;
    state.rewind(record.value);
    blocks.rewind(record.value);
  }
  return { blocks, forks };
}

function foundGenesis(state: State, origin: Origin, recorded: JournalRecord | undefined): Block {
  const { code, genesis, journal } = origin;
  if (recorded?.tag === "Genesis") {
    write(state, restoredChanges(recorded.value.changes));
  } else {
    genesis(state);
    state.set(CODE_KEY, encodeCode(code));
  }
  const content = { number: 0, parent: PARENT_OF_GENESIS, logs: [], extrinsics: [], before: code };
  const { block, changes } = seal(state, content);
  if (!recorded) {
    journal?.journal.append({ tag: "Genesis", value: { changes: storedChanges(changes) } });
  }
  return block;
}

type StoredBlock = Extract<JournalRecord, { tag: "Block" }>["value"];

function repeat(state: State, parent: Block, { header, extrinsics, changes }: StoredBlock): Block {
  const restored = restoredChanges(changes);
  write(state, restored);
  state.commit(header.number);
  if (header.parent_hash !== parent.hash || header.state_root !== state.root()) {
    throw new CodedError<DevnetCode>(
      "STATE_FILE_CORRUPT",
      `state file: block ${header.number} does not follow from the one before: delete the file`,
      { block: header.number },
    );
  }
  return blockOf(header, extrinsics, restored, parent.code);
}

function write(state: State, changes: readonly Change[]): void {
  for (const [key, value] of changes) {
    if (value) state.set(key, value);
    else state.delete(key);
  }
}
