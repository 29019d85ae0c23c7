import { hash } from "node:crypto";
import { treeHasher } from "@neurond/crypto";
import {
  INVOCATION_COLUMNS,
  invocationCells,
  type Micros,
  type TreeHead,
  type TreeLeaf,
  treeHead,
  treeLeaf,
  treeRows,
} from "@neurond/exports";
import { type Attempt, attemptRow } from "../traffic/attempt.ts";
import type { Cast } from "../world/cast.ts";
import type { Slice, World } from "../world/world.ts";
import { CsvFile } from "./files.ts";
import { type Finding, finding } from "./findings.ts";

const NATIVE = treeHasher(0x00, 0x01, (bytes) => hash("sha256", bytes, "buffer"));
/** The zero byte of a leaf and the row as UTF-8, without a copy on our side. */
const nativeLeaf = (content: string): Uint8Array => hash("sha256", `\0${content}`, "buffer");
const rowOf = treeRows(INVOCATION_COLUMNS);

/** What a slice's file came out as. */
export interface InvocationsExport {
  readonly sha256: Uint8Array;
  readonly tree: TreeHead;
  readonly rows: number;
}

/** The invocations of one slice on their way into its file, with what a fault does to them. */
export class InvocationsFile {
  readonly #file: CsvFile;
  readonly #end: Micros;
  readonly #cast: Cast;
  readonly #findings: Finding[];
  readonly #leaves: TreeLeaf[] | null;
  readonly #hasNewColumn: boolean;
  #drops: boolean;
  #swaps: boolean;
  #rows = 0;

  constructor(path: string, slice: Slice, { cast, plan }: World, findings: Finding[]) {
    const { hour, end, shape } = slice;
    this.#end = end;
    this.#cast = cast;
    this.#findings = findings;
    this.#leaves = shape === "all" ? [] : null;
    this.#hasNewColumn = plan.hits("unknown-columns", hour);
    this.#drops = plan.hits("dropped-row", hour);
    this.#swaps = plan.hits("swapped-hotkey", hour);
    this.#file = new CsvFile(
      path,
      this.#hasNewColumn ? ["queue_name", ...INVOCATION_COLUMNS] : INVOCATION_COLUMNS,
    );
  }

  write(attempt: Attempt): void {
    const isTraced = attempt.isSynthetic && attempt.completed < this.#end;
    if (isTraced && this.#drops) {
      this.#drops = false;
      this.#findings.push(finding("dropped-row", "SYNTHETIC_MISSING", this.#end, attempt.id));
      return;
    }
    const cells = this.#cellsOf(attempt, isTraced);
    this.#leaves?.push(treeLeaf(rowOf(cells), nativeLeaf));
    this.#file.write(this.#hasNewColumn ? ["default", ...cells] : cells);
    this.#rows += 1;
  }

  close(): InvocationsExport {
    const sha256 = this.#file.close();
    return { sha256, tree: treeHead(this.#leaves ?? [], NATIVE), rows: this.#rows };
  }

  #cellsOf(attempt: Attempt, isTraced: boolean): readonly string[] {
    const row = attemptRow(attempt, this.#end);
    const other = this.#cast.miners.find(({ hotkey }) => hotkey !== row.miner_hotkey);
    if (!isTraced || !this.#swaps || other === undefined) return invocationCells(row);
    this.#swaps = false;
    this.#findings.push(finding("swapped-hotkey", "SYNTHETIC_MISMATCH", this.#end, attempt.id));
    return invocationCells({ ...row, miner_hotkey: other.hotkey, miner_uid: other.uid });
  }
}
