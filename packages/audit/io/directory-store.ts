import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import type { AuditStore, KeptFinding, KeptRun } from "./audit-store.ts";

/**
 * An auditor's memory as files: `runs/<index>.json`, and one evidence file for each finding, which
 * can be handed to anybody. Files appear whole or not at all.
 */
export class DirectoryAuditStore implements AuditStore {
  readonly #runs: string;
  readonly #evidence: string;

  private constructor(directory: string) {
    this.#runs = join(directory, "runs");
    this.#evidence = join(directory, "evidence");
  }

  static async open(directory: string): Promise<DirectoryAuditStore> {
    const store = new DirectoryAuditStore(directory);
    await mkdir(store.#runs, { recursive: true });
    await mkdir(store.#evidence, { recursive: true });
    return store;
  }

  /** The file a finding's evidence is in. */
  fileOf(name: string): string {
    return join(this.#evidence, `${checked(name)}.json`);
  }

  /** Evidence first: a run that names it must find it. */
  async saveRun(run: KeptRun, findings: readonly KeptFinding[]): Promise<void> {
    for (const { name, evidence } of findings) {
      if ((await this.readFinding(name)) === null) await writeJson(this.fileOf(name), evidence);
    }
    await writeJson(this.#runFile(run.index), run);
  }

  async readRun(index: number): Promise<KeptRun | null> {
    return (await readJson(this.#runFile(index))) as KeptRun | null;
  }

  async latestRuns(limit: number): Promise<readonly KeptRun[]> {
    const indexes = (await readdir(this.#runs))
      .flatMap((file) => /^(\d+)\.json$/.exec(file)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a)
      .slice(0, limit);
    const runs = await Promise.all(indexes.map((index) => this.readRun(index)));
    return runs.filter((run) => run !== null);
  }

  async readFinding(name: string): Promise<KeptFinding | null> {
    const evidence = (await readJson(this.fileOf(name))) as KeptFinding["evidence"] | null;
    return evidence === null ? null : { name, evidence };
  }

  async latestFindings(limit: number): Promise<readonly KeptFinding[]> {
    const names: string[] = [];
    for (const { findings } of await this.latestRuns(limit)) {
      names.push(...findings);
      if (names.length >= limit) break;
    }
    const found = await Promise.all(names.slice(0, limit).map((name) => this.readFinding(name)));
    return found.filter((finding) => finding !== null);
  }

  #runFile(index: number): string {
    return join(this.#runs, `${index}.json`);
  }
}

/** Nothing in a name can lead out of the directory. */
function checked(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}

/** The value in a file; null when there is none. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Writes a file whole or not at all, for anybody to read. */
export function writeJson(file: string, value: unknown): Promise<void> {
  return writeWhole(file, `${JSON.stringify(value)}\n`, { mode: 0o644 });
}
