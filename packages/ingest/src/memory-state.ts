import type { Hotkey, Netuid } from "@neurond/primitives";
import type { TrackedEntry } from "./entry.ts";
import { type Finding, findingKey } from "./findings.ts";
import type { MetagraphNode } from "./metagraph-node.ts";
import type { AuditState, SeenDigest } from "./ports.ts";
import { type ExportedRun, exportedRunKey } from "./runs/exported-run.ts";
import type { ScoreRun } from "./score-run.ts";

/** State of one look at a validator, which ends with the process. */
export class MemoryState implements AuditState {
  readonly #entries = new Map<string, TrackedEntry>();
  readonly #findings = new Map<string, Finding>();
  readonly #scores: ScoreRun[] = [];
  readonly #runs = new Map<string, ExportedRun>();
  readonly #digests: SeenDigest[] = [];
  readonly #nodes = new Map<Netuid, readonly MetagraphNode[]>();
  readonly #gpuCounts = new Map<Hotkey, ReadonlyMap<string, number>>();
  readonly #followed = new Map<Netuid, number>();

  async track(entries: readonly TrackedEntry[]): Promise<number> {
    const fresh = entries.filter((entry) => !this.#entries.has(keyOf(entry)));
    for (const entry of fresh) this.#entries.set(keyOf(entry), entry);
    return new Set(fresh.map(keyOf)).size;
  }

  async entries(source: Hotkey): Promise<readonly TrackedEntry[]> {
    return [...this.#entries.values()].filter((entry) => entry.source === source).sort(byTime);
  }

  async save(entry: TrackedEntry): Promise<void> {
    if (this.#entries.has(keyOf(entry))) this.#entries.set(keyOf(entry), entry);
  }

  async markScored(source: Hotkey): Promise<void> {
    for (const entry of await this.entries(source))
      if (entry.step === "LOADED") await this.save({ ...entry, step: "SCORED" });
  }

  async forget(source: Hotkey, endedBefore: number): Promise<readonly string[]> {
    const old = (await this.entries(source)).filter(({ endTime }) => endTime < endedBefore);
    for (const entry of old) this.#entries.delete(keyOf(entry));
    for (const [key, { entryId, endTime }] of this.#findings) {
      const isOld = endTime !== null && endTime < endedBefore;
      if (isOld || old.some((entry) => entry.entryId === entryId)) this.#findings.delete(key);
    }
    for (const [key, run] of this.#runs) {
      if (!this.#entries.has(keyOf(run))) this.#runs.delete(key);
    }
    return old.map(({ entryId }) => entryId);
  }

  async addFindings(findings: readonly Finding[]): Promise<readonly Finding[]> {
    return findings.filter((finding) => {
      const key = `${finding.source}/${findingKey(finding)}`;
      if (this.#findings.has(key)) return false;
      this.#findings.set(key, finding);
      return true;
    });
  }

  async findings(source: Hotkey, limit: number): Promise<readonly Finding[]> {
    const own = [...this.#findings.values()].filter((finding) => finding.source === source);
    return own.reverse().slice(0, limit);
  }

  async saveScores(run: ScoreRun): Promise<void> {
    this.#scores.push(run);
  }

  async latestScores(source: Hotkey): Promise<ScoreRun | null> {
    return this.#scores.findLast((run) => run.source === source) ?? null;
  }

  async saveExportedRuns(runs: readonly ExportedRun[]): Promise<void> {
    for (const run of runs) {
      const key = `${run.source} ${exportedRunKey(run)}`;
      if (this.#entries.has(keyOf(run))) this.#runs.set(key, run);
    }
  }

  async exportedRuns(source: Hotkey): Promise<readonly ExportedRun[]> {
    const own = [...this.#runs.values()].filter((run) => run.source === source);
    return own.sort((a, b) => a.endTime - b.endTime || (a.runId < b.runId ? -1 : 1));
  }

  async saveNodes(netuid: Netuid, nodes: readonly MetagraphNode[]): Promise<void> {
    this.#nodes.set(netuid, nodes);
  }

  async nodes(netuid: Netuid): Promise<readonly MetagraphNode[]> {
    return (this.#nodes.get(netuid) ?? []).toSorted((a, b) => a.nodeId - b.nodeId);
  }

  async saveGpuCounts(source: Hotkey, counts: ReadonlyMap<string, number>): Promise<void> {
    this.#gpuCounts.set(source, counts);
  }

  async gpuCounts(source: Hotkey): Promise<ReadonlyMap<string, number>> {
    return this.#gpuCounts.get(source) ?? new Map();
  }

  async digestsAt(netuid: Netuid, hotkey: Hotkey, block: number): Promise<readonly SeenDigest[]> {
    return this.#digests.filter(
      (seen) => seen.netuid === netuid && seen.hotkey === hotkey && seen.block === block,
    );
  }

  async followedTo(netuid: Netuid): Promise<number | null> {
    return this.#followed.get(netuid) ?? null;
  }

  async saveDigests(
    netuid: Netuid,
    seen: readonly SeenDigest[],
    followedTo: number,
  ): Promise<void> {
    for (const digest of seen) {
      const known = await this.digestsAt(netuid, digest.hotkey, digest.block);
      const isKnown = known.some(({ extrinsicIndex }) => extrinsicIndex === digest.extrinsicIndex);
      if (!isKnown) this.#digests.push(digest);
    }
    this.#followed.set(netuid, followedTo);
  }
}

const keyOf = ({ source, entryId }: Pick<TrackedEntry, "source" | "entryId">): string =>
  `${source}/${entryId}`;

function byTime(a: TrackedEntry, b: TrackedEntry): number {
  return a.endTime - b.endTime || a.block - b.block || (a.entryId < b.entryId ? -1 : 1);
}
