import { MemoryNodes, type MerkleNode, type NodePlace } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { LedgerCode } from "./errors.ts";
import type { LogStorage, StoredEntry } from "./log.ts";

/** A log's storage in memory, for tests and for whoever rebuilds somebody else's log. */
export class MemoryLogStorage implements LogStorage {
  readonly #texts: string[] = [];
  readonly #nodes = new MemoryNodes();

  async size(): Promise<number> {
    return this.#texts.length;
  }

  async append(
    from: number,
    entries: readonly StoredEntry[],
    nodes: readonly MerkleNode[],
  ): Promise<void> {
    if (from !== this.#texts.length) throw logConflict(from, this.#texts.length);
    this.#nodes.add(nodes);
    this.#texts.push(...entries.map(({ text }) => text));
  }

  async read(from: number, to: number): Promise<readonly string[]> {
    return this.#texts.slice(from, to);
  }

  readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]> {
    return this.#nodes.readNodes(places);
  }
}

/** The error of an append that does not begin where the log ends. */
export function logConflict(from: number, size: number): CodedError<LedgerCode> {
  return new CodedError(
    "LOG_CONFLICT",
    `the log ends at ${size}, not at ${from}: only one process may write it`,
    { from, size },
  );
}
