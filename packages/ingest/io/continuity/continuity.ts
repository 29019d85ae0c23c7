import { join } from "node:path";
import {
  chainFindings,
  type Finding,
  hasReached,
  type ReportClaims,
  receiptFindings,
  type TrackedEntry,
  type TreeText,
  treeFindings,
  verdictOf,
  type Witness,
} from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import { keptClaims } from "./kept-claims.ts";
import { keptTree, TREE_FILE } from "./tree-file.ts";

/** Whose reports are followed, and where they are kept. */
export interface ContinuityDeps {
  readonly validator: Hotkey;
  readonly witness: Pick<Witness<AbortSignal>, "rows">;
  readonly directory: string;
}

/**
 * Follows what reports of our superset say beside the tables: their predecessors and their trees. What was
 * read of an entry or answered by a chain is not asked for again while the process lives.
 */
export class Continuity {
  readonly #deps: ContinuityDeps;
  readonly #claims = new Map<string, ReportClaims | null>();
  readonly #committed = new Map<string, TreeText | "none">();

  constructor(deps: ContinuityDeps) {
    this.#deps = deps;
  }

  /** What verified reports give away together, and each by itself. */
  async findings(
    entries: readonly TrackedEntry[],
    signal: AbortSignal,
  ): Promise<readonly Finding[]> {
    const { validator, directory } = this.#deps;
    this.#forget(entries);
    const found: Finding[] = [];
    for (const entry of entries.filter((one) => this.#isOwn(one))) {
      signal.throwIfAborted();
      const claims = await this.#claimsOf(entry);
      if (!claims || !hasReached(entry, "LOADED")) continue;
      const stated = claims.tree;
      const computed = await keptTree(join(directory, entry.entryId, TREE_FILE));
      const committed = await this.#committedOf(entry, signal);
      found.push(...treeFindings(validator, entry, { stated, computed, committed }));
      if (computed !== null)
        found.push(...receiptFindings(validator, entry, claims.receipts, computed.receipts));
    }
    return [...found, ...chainFindings(validator, entries, this.#claims)];
  }

  #isOwn(entry: TrackedEntry): boolean {
    const { reporter, hotkey } = entry;
    const isReports = reporter === "validator" && hotkey === this.#deps.validator;
    return isReports && hasReached(entry, "CHAIN_VERIFIED") && verdictOf(entry) === "VERIFIED";
  }

  /** Undefined: the report is no longer there, or not as it was fetched. */
  async #claimsOf(entry: TrackedEntry): Promise<ReportClaims | null | undefined> {
    const known = this.#claims.get(entry.entryId);
    if (known !== undefined) return known;
    const own = await keptClaims(this.#deps.directory, entry);
    if (own === undefined) return undefined;
    const claims = own && {
      sequence: own.sequence,
      previousSha256: own.previous_sha256,
      tree: own.invocation_tree,
      receipts: own.statement?.receipts ?? [],
    };
    this.#claims.set(entry.entryId, claims);
    return claims;
  }

  /** Null while nobody says. */
  async #committedOf(entry: TrackedEntry, signal: AbortSignal): Promise<TreeText | "none" | null> {
    const known = this.#committed.get(entry.entryId);
    if (known !== undefined) return known;
    const { verification, hotkey, block, reportSha256 } = entry;
    const at = verification?.foundBlock ?? block;
    const answer = await this.#deps.witness.rows(at, hotkey, reportSha256 ?? "", signal);
    if (answer.kind !== "rows") return null;
    const tree = answer.tree ?? "none";
    this.#committed.set(entry.entryId, tree);
    return tree;
  }

  #forget(entries: readonly TrackedEntry[]): void {
    const kept = new Set(entries.map(({ entryId }) => entryId));
    for (const known of [this.#claims, this.#committed])
      for (const entryId of known.keys()) if (!kept.has(entryId)) known.delete(entryId);
  }
}
