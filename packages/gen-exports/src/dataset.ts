import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ListedEntry, Submission } from "./write/ledger.ts";

/** What a data set says of itself. */
export interface Manifest {
  readonly seed: number;
  readonly hours: number;
  readonly end: string;
  readonly netuid: number;
  readonly block_seconds: number;
  /** Time of block 0, milliseconds since 1970. */
  readonly genesis_ms: number;
  readonly validator: { readonly uid: number; readonly hotkey: string; readonly coldkey: string };
  readonly miners: readonly {
    readonly index: number;
    readonly uid: number;
    readonly hotkey: string;
    readonly coldkey: string;
  }[];
}

/** A generated folder. It is our own writing and read without suspicion; auditors never use this. */
export class Dataset {
  readonly folder: string;
  readonly manifest: Manifest;
  #entries: readonly ListedEntry[] | undefined;
  #paths: ReadonlySet<string> | undefined;

  constructor(folder: string) {
    this.folder = folder;
    this.manifest = JSON.parse(this.text("manifest.json")) as Manifest;
  }

  /** A file of the folder. */
  text(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** The listing. */
  entries(): readonly ListedEntry[] {
    this.#entries ??= JSON.parse(this.text("entries.json")) as readonly ListedEntry[];
    return this.#entries;
  }

  /** Whether the listing has an entry with this path. */
  lists(path: string): boolean {
    this.#paths ??= new Set(this.entries().map((entry) => entry.path));
    return this.#paths.has(path);
  }

  /** Commitments to send, by block. */
  submissions(): readonly Submission[] {
    const lines = this.text("chain/submissions.jsonl").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Submission);
  }
}
