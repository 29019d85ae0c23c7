import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dataset, generate, parseOptions } from "@neurond/gen-exports";
import { type Hotkey, parseHotkey } from "@neurond/primitives";
import { openWarehouse, type Warehouse } from "@neurond/warehouse";
import { onTestFinished } from "vitest";
import {
  type AuditSettings,
  DEFAULT_SETTINGS,
  ExportAuditor,
  type ExportAuditorDeps,
  folderSource,
  recordedSubnet,
  recordedWitness,
} from "../io/index.ts";
import { type AuditState, MemoryState } from "../src/index.ts";

/** A directory that goes with its test. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "neurond-ingest-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What the generator says of a data set. */
export interface Truth {
  readonly entries: readonly {
    readonly entry_id: string;
    readonly reporter: "validator" | "miner";
    readonly verdict: string;
    readonly fault: string | null;
  }[];
  readonly findings: readonly {
    readonly fault: string;
    readonly kind: string;
    readonly subject: string;
    readonly end_time: string;
  }[];
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A generated folder of exports with the truth about it. */
export interface World {
  readonly folder: string;
  readonly truth: Truth;
  readonly validator: Hotkey;
}

/** A small data set in a folder that goes with its test. */
export function dataset(...args: string[]): World {
  return datasetIn(temporary(), ...args);
}

/** A small data set within a directory. */
export function datasetIn(directory: string, ...args: string[]): World {
  const folder = join(directory, "exports");
  const small = ["--hours", "4", "--miners", "6", "--chutes", "10", "--rate", "200"];
  generate(parseOptions([...small, "--out", folder, ...args]));
  const truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth;
  return { folder, truth, validator: parseHotkey(new Dataset(folder).manifest.validator.hotkey) };
}

/** An auditor over a folder, unless parts of it are given. */
export async function auditorOf(
  { folder, validator }: { readonly folder: string; readonly validator: Hotkey },
  parts: Partial<Omit<ExportAuditorDeps, "settings">> & {
    readonly settings?: Partial<AuditSettings>;
  } = {},
): Promise<{ auditor: ExportAuditor; state: AuditState; warehouse: Warehouse }> {
  const directory = temporary();
  const warehouse = parts.warehouse ?? (await freshWarehouse());
  const state = parts.state ?? new MemoryState();
  const auditor = new ExportAuditor({
    validator,
    source: folderSource(folder),
    witness: await recordedWitness(folder),
    readSubnet: recordedSubnet(folder),
    now: Date.now,
    ...parts,
    state,
    warehouse,
    settings: {
      ...DEFAULT_SETTINGS,
      comparesCounters: true,
      directory: join(directory, "reports"),
      ...parts.settings,
    },
  });
  return { auditor, state, warehouse };
}

/** An empty window that goes with its test. */
export async function freshWarehouse(): Promise<Warehouse> {
  const warehouse = await openWarehouse({ directory: join(temporary(), "window"), threads: 1 });
  onTestFinished(() => warehouse[Symbol.asyncDispose]());
  return warehouse;
}
