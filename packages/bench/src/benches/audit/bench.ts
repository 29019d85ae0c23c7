import { cp, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dropEntry,
  type EntryContent,
  findAttempts,
  loadEntry,
  openWarehouse,
  recountUsage,
  usage,
} from "@neurond/warehouse";
import { defineBench } from "../../bench.ts";
import { BusyHour } from "./export-hour.ts";
import { loadWeek, rateOf } from "./load-week.ts";
import { peakMegabytes } from "./peak.ts";
import { scanRate } from "./scan.ts";
import { UpstreamTable } from "./upstream-table.ts";
import { writeWeek } from "./week.ts";

/** Half a million, or what `BENCH_ROWS` says: 5000000 is a whole week at the usual rate. */
const ROWS = Number(process.env["BENCH_ROWS"] ?? 500_000);
const COPIED_HOURS = 4; // what COPY takes seconds for

/** What an hour and a week of exports cost an auditor. */
export const audit = defineBench({
  name: "audit",
  async rows(resources) {
    const directory = await mkdtemp(join(tmpdir(), "neurond-bench-"));
    resources.defer(() => rm(directory, { recursive: true, force: true }));
    await mkdir(join(directory, "exports"));
    const week = await writeWeek(join(directory, "exports"), ROWS);
    const upstream = await UpstreamTable.open(
      join(directory, "postgres"),
      week.slice(0, COPIED_HOURS),
    );
    resources.use(upstream);
    const hour = resources.use(await BusyHour.open(join(directory, "hour")));
    const windows = new Windows(directory, week);
    const quick = { better: "lower", runs: 3 } as const;
    return [
      {
        metric: "audit.load",
        unit: "rows/s",
        better: "higher",
        target: 300_000,
        runs: 3,
        measure: () => windows.loadRate(),
        reference: {
          name: `${upstream.way} of the same rows into upstream's table`,
          measure: () => upstream.copyRate(),
        },
      },
      {
        metric: "audit.load_and_scan",
        unit: "rows/s",
        better: "higher",
        target: null,
        runs: 3,
        measure: () => windows.loadRate(),
        reference: {
          name: "DuckDB scanning the CSV and nothing else",
          measure: () => scanRate(week),
        },
      },
      {
        metric: "audit.recompute_after_an_hour",
        unit: "ms",
        ...quick,
        target: 1_000,
        measure: () => windows.hourMs(),
        reference: { name: "counting every row again", measure: () => windows.recountMs() },
      },
      {
        metric: "audit.recompute_from_cold",
        unit: "s",
        ...quick,
        target: 30,
        measure: () => windows.coldSeconds(),
      },
      {
        metric: "audit.export_500k_rows",
        unit: "s",
        ...quick,
        target: 10,
        measure: () => hour.exportSeconds(),
        reference: { name: "reading the same entries", measure: () => hour.readSeconds() },
      },
      {
        metric: "audit.find_100_attempts",
        unit: "ms",
        ...quick,
        target: 1_000,
        measure: () => windows.findMs(100),
      },
      {
        metric: "audit.load_peak_memory",
        unit: "MB",
        better: "lower",
        runs: 1,
        target: 1_500,
        measure: () => peakMegabytes(week, join(directory, "peak")),
      },
    ];
  },
});

/** Windows of the week, each made when a row first asks for it. */
class Windows {
  readonly #directory: string;
  readonly #week: readonly EntryContent[];
  #loaded: Promise<string> | undefined;

  constructor(directory: string, week: readonly EntryContent[]) {
    this.#directory = directory;
    this.#week = week;
  }

  async loadRate(): Promise<number> {
    const directory = join(this.#directory, "fresh");
    try {
      await using warehouse = await openWarehouse({ directory });
      return await rateOf(() => loadWeek(warehouse, this.#week));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** From the arrival of the newest hour to every miner's figures; the rest of the week is settled. */
  async hourMs(): Promise<number> {
    const newest = this.#week.at(-1);
    if (newest === undefined) throw new Error("the week is empty");
    await using warehouse = await openWarehouse({ directory: await this.#loadedOnce() });
    await dropEntry(warehouse, newest.entry.entryId);
    await usage(warehouse);
    await loadEntry(warehouse, newest);
    const started = performance.now();
    await usage(warehouse);
    return performance.now() - started;
  }

  /** Single attempts from all over the week by their ids, as the check of synthetics asks for them. */
  async findMs(count: number): Promise<number> {
    const ids = await someIds(this.#week, count);
    await using warehouse = await openWarehouse({ directory: await this.#loadedOnce() });
    const started = performance.now();
    const found = await findAttempts(warehouse, ids);
    if (found.length !== ids.length) throw new Error(`${found.length} of ${ids.length} are found`);
    return performance.now() - started;
  }

  async recountMs(): Promise<number> {
    await using warehouse = await openWarehouse({ directory: await this.#loadedOnce() });
    const started = performance.now();
    await recountUsage(warehouse);
    return performance.now() - started;
  }

  /** Of a window whose files are there and whose sums are not, in a copy that goes afterwards. */
  async coldSeconds(): Promise<number> {
    const directory = join(this.#directory, "cold");
    await cp(await this.#unsettled(), directory, { recursive: true });
    try {
      const started = performance.now();
      await using warehouse = await openWarehouse({ directory });
      await usage(warehouse);
      return (performance.now() - started) / 1_000;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  #loadedOnce(): Promise<string> {
    this.#loaded ??= this.#copyOf("settled");
    return this.#loaded;
  }

  async #copyOf(name: string): Promise<string> {
    const directory = join(this.#directory, name);
    await cp(await this.#unsettled(), directory, { recursive: true });
    return directory;
  }

  #raw: Promise<string> | undefined;

  #unsettled(): Promise<string> {
    this.#raw ??= this.#load("unsettled");
    return this.#raw;
  }

  async #load(name: string): Promise<string> {
    const directory = join(this.#directory, name);
    await using warehouse = await openWarehouse({ directory });
    await loadWeek(warehouse, this.#week);
    return directory;
  }
}

async function someIds(week: readonly EntryContent[], count: number): Promise<readonly string[]> {
  const perHour = Math.ceil(count / week.length);
  const ids: string[] = [];
  for (const { invocations } of week) {
    await using handle = await open(invocations?.path ?? "");
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(perHour * 4_096));
    const cells = buffer
      .toString("utf8", 0, bytesRead)
      .matchAll(/^[0-9a-f-]{36},([0-9a-f-]{36}),/gm);
    ids.push(...Array.from(cells, ([, id = ""]) => id).slice(0, perHour));
  }
  return [...new Set(ids)].slice(0, count);
}
