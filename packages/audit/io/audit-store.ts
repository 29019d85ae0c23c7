import type { AnswerCount, AuditStatement, Evidence } from "@neurond/audit";

/** What is kept of an audited run: what was said about it, and what the next audits need of it. */
export interface KeptRun {
  readonly index: number;
  readonly statement: AuditStatement;
  /** Weights were not decided yet: the run wants another look. */
  readonly isPending: boolean;
  readonly auditedMs: number;
  readonly counts: readonly AnswerCount[];
  /** By family, what is held when the next run has no quorum; null when it is not known. */
  readonly shares: readonly (readonly [string, readonly (readonly [string, number])[]])[] | null;
  /** Names of its findings. */
  readonly findings: readonly string[];
}

/** A finding under its name. */
export interface KeptFinding {
  readonly name: string;
  readonly evidence: Evidence;
}

/** Where an auditor keeps what it found; durable when a call returns. */
export interface AuditStore {
  /** Replaces what was kept of the run; findings that were there stay as they were first found. */
  saveRun(run: KeptRun, findings: readonly KeptFinding[]): Promise<void>;
  readRun(index: number): Promise<KeptRun | null>;
  /** Newest first. */
  latestRuns(limit: number): Promise<readonly KeptRun[]>;
  readFinding(name: string): Promise<KeptFinding | null>;
  /** Newest run first. */
  latestFindings(limit: number): Promise<readonly KeptFinding[]>;
}

/** An auditor's memory that ends with the process: enough for a single audit. */
export class MemoryAuditStore implements AuditStore {
  readonly #runs = new Map<number, KeptRun>();
  readonly #findings = new Map<string, KeptFinding>();

  async saveRun(run: KeptRun, findings: readonly KeptFinding[]): Promise<void> {
    for (const finding of findings) {
      if (!this.#findings.has(finding.name)) this.#findings.set(finding.name, finding);
    }
    this.#runs.set(run.index, run);
  }

  async readRun(index: number): Promise<KeptRun | null> {
    return this.#runs.get(index) ?? null;
  }

  async latestRuns(limit: number): Promise<readonly KeptRun[]> {
    return [...this.#runs.values()].sort((a, b) => b.index - a.index).slice(0, limit);
  }

  async readFinding(name: string): Promise<KeptFinding | null> {
    return this.#findings.get(name) ?? null;
  }

  async latestFindings(limit: number): Promise<readonly KeptFinding[]> {
    const runs = await this.latestRuns(limit);
    const names = runs.flatMap(({ findings }) => findings);
    return names.flatMap((name) => this.#findings.get(name) ?? []).slice(0, limit);
  }
}
