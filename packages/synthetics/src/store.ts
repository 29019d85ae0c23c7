import type { Micros, SyntheticField, SyntheticVerdict } from "@neurond/incentive";
import { type Probe, probeKey } from "./probe.ts";
import type { SyntheticType } from "./tasks/task.ts";

/** What became of one probe. */
export interface Judgement {
  readonly probe: Probe;
  readonly verdict: SyntheticVerdict;
}

/** A probe that was found otherwise than we saw it, or not at all. */
export interface BadResult {
  readonly probe: Probe;
  readonly verdict: "MISMATCH" | "MISSING";
  readonly fields: readonly SyntheticField[];
}

/** How many probes of a kind came to a verdict. */
export interface Count {
  readonly kind: Probe["kind"];
  readonly type: SyntheticType;
  readonly verdict: SyntheticVerdict["kind"];
  readonly count: number;
}

/** Where probes and verdicts are kept. A write is there when its promise resolves, or not at all. */
export interface SyntheticStore {
  /** Keeps probes by their key: what is new, and what is now known of those that were kept. */
  save(probes: readonly Probe[]): Promise<void>;
  /** Those of some keys that probes are kept under. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Probes without a verdict other than `PENDING`, oldest first. */
  pending(limit: number): Promise<readonly Probe[]>;
  judge(judgements: readonly Judgement[]): Promise<void>;
  counts(): Promise<readonly Count[]>;
  /** Newest first. */
  bad(limit: number): Promise<readonly BadResult[]>;
  /** Forgets probes that were made before a time, with their verdicts; how many. */
  forget(before: Micros): Promise<number>;
}

/** Probes of one process. */
export class MemorySynthetics implements SyntheticStore {
  readonly #kept = new Map<string, Judgement>();

  async save(probes: readonly Probe[]): Promise<void> {
    for (const probe of probes) {
      const verdict = this.#kept.get(probeKey(probe))?.verdict ?? { kind: "PENDING" };
      this.#kept.set(probeKey(probe), { probe, verdict });
    }
  }

  async known(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(keys.filter((key) => this.#kept.has(key)));
  }

  async pending(limit: number): Promise<readonly Probe[]> {
    return [...this.#kept.values()]
      .filter(({ verdict }) => verdict.kind === "PENDING")
      .map(({ probe }) => probe)
      .sort(byTime)
      .slice(0, limit);
  }

  async judge(judgements: readonly Judgement[]): Promise<void> {
    for (const judgement of judgements) {
      const key = probeKey(judgement.probe);
      if (this.#kept.has(key)) this.#kept.set(key, judgement);
    }
  }

  async counts(): Promise<readonly Count[]> {
    const groups = Map.groupBy(
      this.#kept.values(),
      ({ probe, verdict }) => `${probe.kind} ${probe.type} ${verdict.kind}`,
    );
    return [...groups.values()].flatMap(([first, ...rest]) =>
      first === undefined
        ? []
        : [
            {
              kind: first.probe.kind,
              type: first.probe.type,
              verdict: first.verdict.kind,
              count: 1 + rest.length,
            },
          ],
    );
  }

  async bad(limit: number): Promise<readonly BadResult[]> {
    return [...this.#kept.values()]
      .flatMap(({ probe, verdict }) => badResult(probe, verdict))
      .sort((a, b) => byTime(b.probe, a.probe))
      .slice(0, limit);
  }

  async forget(before: Micros): Promise<number> {
    const old = [...this.#kept].filter(([, { probe }]) => probe.attemptedAt < before);
    for (const [key] of old) this.#kept.delete(key);
    return old.length;
  }
}

/** The result of a verdict against the validator; none of any other. */
export function badResult(probe: Probe, verdict: SyntheticVerdict): readonly BadResult[] {
  if (verdict.kind === "MISMATCH") return [{ probe, verdict: "MISMATCH", fields: verdict.fields }];
  return verdict.kind === "MISSING" ? [{ probe, verdict: "MISSING", fields: [] }] : [];
}

function byTime(a: Probe, b: Probe): number {
  return a.attemptedAt - b.attemptedAt || (probeKey(a) < probeKey(b) ? -1 : 1);
}
