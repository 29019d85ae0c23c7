import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeOnce } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import { Statement } from "@neurond/statements";
import type { AuditorCode } from "../errors.ts";

const FILE = /^(\d{10})\.json$/;

/** Signed statements as files, `<sequence>.json`: each appears whole, and is never written over. */
export class StatementStore {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(directory: string): Promise<StatementStore> {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    return new StatementStore(directory);
  }

  /** Keeps the next one. @throws CodedError STATEMENT_CONFLICT when its place is taken */
  async append(statement: Statement): Promise<void> {
    const path = this.#file(statement.sequence);
    if (await writeOnce(path, `${JSON.stringify(statement)}\n`, { mode: 0o644 })) return;
    throw new CodedError<AuditorCode>(
      "STATEMENT_CONFLICT",
      `${path} is there already: does another auditor write to this directory?`,
      { path },
    );
  }

  /** One statement; null when there is none of that number. */
  async read(sequence: number): Promise<Statement | null> {
    try {
      return Statement.parse(JSON.parse(await readFile(this.#file(sequence), "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** Newest first. */
  async latest(limit: number): Promise<readonly Statement[]> {
    const statements: Statement[] = [];
    for (const sequence of (await this.#sequences()).slice(0, limit)) {
      const statement = await this.read(sequence);
      if (statement !== null) statements.push(statement);
    }
    return statements;
  }

  async #sequences(): Promise<readonly number[]> {
    const names = await readdir(this.#directory);
    return names
      .flatMap((name) => FILE.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  }

  #file(sequence: number): string {
    return join(this.#directory, `${String(sequence).padStart(10, "0")}.json`);
  }
}
