import { LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { filesOf, type Numbered, pathsOf } from "./attempts-sql.ts";
import { type Cells, number, numberOrNull, text, textOrNull } from "./cells.ts";
import { idOf } from "./csv-source.ts";
import { mayHold, piecesOf } from "./pieces.ts";
import type { Micros, Seen } from "./rows.ts";
import { blamed } from "./settle.ts";
import { invocationsFile, type Warehouse } from "./warehouse.ts";
import { endValue, fixWindow, KNOWN_ENTRIES, type WindowOptions } from "./window.ts";

/** One attempt at one target, as the newest export that holds it states it. */
export interface KnownAttempt extends Seen {
  readonly parentInvocationId: string;
  readonly invocationId: string;
  readonly chuteId: string;
  readonly functionName: string;
  readonly instanceId: string;
  readonly minerUid: number;
  readonly minerHotkey: string;
  readonly startedAt: Micros | null;
  readonly completedAt: Micros | null;
  /** Its first 1024 characters. */
  readonly errorMessage: string | null;
  readonly computeMultiplier: number | null;
  readonly bounty: number;
  readonly metrics: Readonly<Record<string, number | boolean | null>>;
  /** The entry that states it. */
  readonly entryId: string;
}

const METRICS = ["it", "ot", "ttft", "tps", "ct", "steps", "masps", "maspt", "ptps", "otps", "nc"];

/** Which id of an attempt is meant: its own (the `child_id` of a trace), or that of its request. */
export interface FindOptions extends WindowOptions {
  readonly by?: "attempt" | "request";
}

/** Looks attempts up by id, whichever hour they are in; by request, all that it led to. */
export async function findAttempts(
  warehouse: Warehouse,
  ids: readonly string[],
  options: FindOptions = {},
): Promise<readonly KnownAttempt[]> {
  const { engine } = warehouse;
  const column = options.by === "request" ? "parent_invocation_id" : "invocation_id";
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    const entries = await engine.rows(
      `WITH ${KNOWN_ENTRIES} SELECT seq, entry_id FROM known WHERE invocation_rows IS NOT NULL`,
      endValue(window),
    );
    const known = entries.map((row) => ({
      seq: number(row, "seq"),
      entryId: text(row, "entry_id"),
    }));
    if (known.length === 0 || ids.length === 0) return [];
    try {
      await engine.run(WANTED, { ids: listValue([...ids]) }, { ids: LIST(VARCHAR) });
      const kind = options.by === "request" ? "request" : "attempt";
      const holding = await mayHold(warehouse, known, kind, "SELECT id FROM wanted");
      let isFound = false;
      for await (const piece of piecesOf(warehouse, holding)) {
        const places = await find(warehouse, piece, column);
        if (places.length === 0) continue;
        const into = isFound ? "INSERT INTO found" : "CREATE OR REPLACE TEMP TABLE found AS";
        await engine.run(`${into} ${rowsAt(warehouse, places)}`);
        isFound = true;
      }
      if (!isFound) return [];
      const rows = await engine.rows(
        `WITH ${KNOWN_ENTRIES}
         SELECT * EXCLUDE (version, rank) FROM (SELECT a.*, rank, entry_id, end_time AS seen_at,
             row_number() OVER (PARTITION BY a.invocation_id ORDER BY rank DESC,
               completed_at DESC NULLS LAST, hash(a)) AS version
           FROM found a JOIN known USING (seq))
         WHERE version = 1 ORDER BY invocation_id`,
        endValue(window),
      );
      await engine.run("DROP TABLE found");
      return rows.map(attemptOf);
    } catch (error) {
      throw await blamed(warehouse, error);
    }
  });
}

/** Rows of one entry by their numbers in its file. */
interface Place extends Numbered {
  readonly rows: readonly number[];
}

const WANTED = `CREATE OR REPLACE TEMP TABLE wanted AS
  SELECT DISTINCT ${idOf("given")} AS id FROM (SELECT unnest($ids) AS given)`;

/** Where the ids are: of all files one column is read, and only what it names is read in full. */
async function find(
  warehouse: Warehouse,
  entries: readonly Numbered[],
  column: string,
): Promise<readonly Place[]> {
  const found = await warehouse.engine.rows(
    `SELECT filename, list(file_row_number) AS rows
     FROM read_parquet(${pathsOf(warehouse, entries)}, filename = true, file_row_number = true)
     SEMI JOIN wanted ON ${column} = id GROUP BY filename`,
  );
  const rows = new Map(found.map((row) => [text(row, "filename"), row["rows"]]));
  return entries.flatMap((entry) => {
    const numbers = rows.get(invocationsFile(warehouse, entry.entryId));
    return Array.isArray(numbers) ? [{ ...entry, rows: numbers.map(Number) }] : [];
  });
}

function rowsAt(warehouse: Warehouse, places: readonly Place[]): string {
  return places
    .map((place) => `SELECT * FROM (${filesOf(warehouse, [place])}) WHERE row IN (${place.rows})`)
    .join(" UNION ALL ");
}

function attemptOf(row: Cells): KnownAttempt {
  const metrics = METRICS.map((name) => [name, numberOrNull(row, name)] as const);
  return {
    parentInvocationId: text(row, "parent_invocation_id"),
    invocationId: text(row, "invocation_id"),
    chuteId: textOrNull(row, "chute_id") ?? "",
    functionName: textOrNull(row, "function_name") ?? "",
    instanceId: textOrNull(row, "instance_id") ?? "",
    minerUid: number(row, "miner_uid"),
    minerHotkey: text(row, "miner_hotkey"),
    startedAt: numberOrNull(row, "started_at"),
    completedAt: numberOrNull(row, "completed_at"),
    errorMessage: textOrNull(row, "error_message"),
    computeMultiplier: numberOrNull(row, "compute_multiplier"),
    bounty: number(row, "bounty"),
    metrics: Object.fromEntries([...metrics, ["p", row["p"] === true]]),
    entryId: text(row, "entry_id"),
    seenAt: number(row, "seen_at"),
  };
}
