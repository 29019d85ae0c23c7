import {
  csvPath,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
  type Micros,
  reportPath,
} from "@neurond/exports";
import type { Fault } from "../faults.ts";
import { Random } from "../random.ts";
import type { Miner } from "../world/cast.ts";
import type { Slice, World } from "../world/world.ts";
import { writeFile } from "./files.ts";
import { finding } from "./findings.ts";
import type { Publication, Verdict } from "./ledger.ts";
import { minerReport } from "./miner-report.ts";
import type { Notes } from "./notes.ts";
import type { SliceOutcome } from "./slice.ts";
import { tamper } from "./tamper.ts";
import { type ShapedReport, shapedReport } from "./validator-report.ts";

const VERDICTS: Partial<Record<Fault, Verdict>> = {
  "tampered-csv": "MISMATCH",
  "tampered-json": "MISMATCH",
  "missing-commitment": "MISSING",
  "pruned-body": "UNVERIFIABLE",
};
/** These concern a miner's entry, or the listing, or no entry at all: the validator's own is clean. */
const NOT_OF_VALIDATOR: readonly (Fault | null)[] = [
  "oversize-miner-report",
  "path-traversal",
  "wrong-hour-order",
  "blacklisted-miner",
  "empty-reconciliation",
];
/** Blocks between two reports about the same slice. */
const SECOND_REPORT = 5;

/** Writes, commits to and lists the reports of one slice after the other. */
export class Publisher {
  readonly #root: string;
  readonly #world: World;
  readonly #notes: Notes;
  readonly #random: Random;
  #previous: { readonly sequence: number; readonly sha256: Uint8Array } | null = null;

  constructor(root: string, world: World, notes: Notes) {
    this.#root = root;
    this.#world = world;
    this.#notes = notes;
    this.#random = new Random(world.options.seed, "publish");
  }

  publish(slice: Slice, outcome: SliceOutcome): void {
    this.#validator(slice, outcome);
    for (const miner of this.#world.cast.miners) this.#miner(slice, miner, outcome);
    if (this.#world.plan.hits("path-traversal", slice.hour)) this.#traversal(slice);
  }

  #validator(slice: Slice, outcome: SliceOutcome): void {
    const planned = this.#world.plan.at(slice.hour);
    const fault =
      NOT_OF_VALIDATOR.includes(planned) || (slice.shape === "g3" && planned === "tampered-csv")
        ? null
        : planned;
    const report = (revision: number) =>
      shapedReport({
        ...slice,
        ...outcome,
        lives: this.#world.lives,
        previous: this.#previous,
        hidesCsv: fault === "missing-csv-exports",
        hasNewColumns: fault === "unknown-columns",
        hasWrongTree: fault === "wrong-tree",
        revision,
      });
    const first = report(0);
    const block = this.#block(slice.end);
    // The next hour names what stood there first, whatever stands there afterwards.
    this.#validatorEntry(slice, fault === "rewritten-hour" ? report(1) : first, block, fault);
    this.#previous = first;
    if (fault === "equivocation")
      this.#validatorEntry(slice, report(1), block + SECOND_REPORT, fault);
    this.#note(slice, fault);
  }

  #validatorEntry(slice: Slice, report: ShapedReport, block: number, fault: Fault | null): void {
    const { hotkey } = this.#world.cast.validator;
    const path = reportPath("validator", hotkey, block);
    writeFile(this.#root, `blobs/${path}`, report.bytes);
    if (fault === "tampered-json") tamper(this.#root, path);
    if (fault === "tampered-csv") tamper(this.#root, csvPath("invocations", slice.end));
    this.#list({
      reporter: "validator",
      signer: "validator",
      hotkey,
      block,
      path,
      fault,
      start: slice.start,
      end: slice.end,
      fields: report.fields,
      verdict: (fault === null ? undefined : VERDICTS[fault]) ?? "VERIFIED",
    });
  }

  #note({ hour, end, shape }: Slice, fault: Fault | null): void {
    const { findings } = this.#notes;
    const { hotkey } = this.#world.cast.validator;
    // Only the superset has a chain of reports and trees, and only the next hour tells of this one.
    if (shape === "all" && hour + 1 < this.#world.options.hours) {
      const next = end + MICROS_PER_HOUR;
      if (fault === "rewritten-hour")
        findings.push(finding(fault, "REPORT_CHAIN_BROKEN", next, hotkey));
      if (fault === "removed-hour") findings.push(finding(fault, "REPORT_REMOVED", next, hotkey));
    }
    if (fault === "wrong-tree" && shape === "all")
      findings.push(finding(fault, "TREE_MISMATCH", end, "report and rows"));
    if (fault === "duplicate-entry") findings.push(finding(fault, "DUPLICATE_ENTRY", end, hotkey));
    if (fault === "equivocation") findings.push(finding(fault, "EQUIVOCATION", end, hotkey));
    if (fault === "reorged-block") findings.push(finding(fault, "REORGED", end, hotkey));
    if (fault === "confirmed-later-report")
      findings.push(finding(fault, "REQUEST_EXCLUDED_LATER", end, hotkey));
    if (fault === "missing-csv-exports" && shape !== "g3")
      findings.push(finding(fault, "NO_CSV", end, hotkey));
  }

  #miner({ hour, start, end }: Slice, miner: Miner, { counts }: SliceOutcome): void {
    const { cast, lives, plan } = this.#world;
    const { claimed } = this.#notes;
    const isOversize = miner.index === 0 && plan.hits("oversize-miner-report", hour);
    if (!miner.reports || (this.#random.chance(0.01) && !isOversize)) return;
    const at = { miner, validator: cast.validator.hotkey, start, end, isOversize };
    const report = minerReport(at, counts.of(miner), lives, this.#random);
    const block = this.#block(end);
    const path = reportPath("miner", miner.hotkey, block);
    writeFile(this.#root, `blobs/${path}`, report.bytes);
    if (!isOversize) claimed.set(miner.hotkey, (claimed.get(miner.hotkey) ?? 0) + report.claimed);
    this.#list({
      reporter: "miner",
      signer: `miner/${miner.index}`,
      hotkey: miner.hotkey,
      block,
      path,
      start,
      end,
      fields: [{ kind: "sha-256", hash: report.sha256 }],
      fault: isOversize ? "oversize-miner-report" : null,
      verdict: isOversize ? "QUARANTINED" : "VERIFIED",
    });
  }

  /** An entry whose path leads out of the store; it was never written or committed to. */
  #traversal({ start, end }: Slice): void {
    const { hotkey } = this.#world.cast.validator;
    const block = this.#world.blocks.at(end + 400 * MICROS_PER_SECOND);
    const path = `audit/validator/../../../entries.json?${block}.json`;
    const entry = { signer: "validator", hotkey, block, path, start, end, fields: [] } as const;
    this.#list({ ...entry, reporter: "validator", fault: "path-traversal", verdict: "REFUSED" });
    this.#notes.findings.push(finding("path-traversal", "PATH_UNSAFE", end, path));
  }

  #list(publication: Publication): void {
    this.#notes.ledger.publish(publication, (block) => this.#world.blocks.timeOf(block));
  }

  /** A minute to five after the end of the slice. */
  #block(end: Micros): number {
    const delay = this.#random.between(60, 300) * MICROS_PER_SECOND;
    return this.#world.blocks.at(end + Math.floor(delay));
  }
}
