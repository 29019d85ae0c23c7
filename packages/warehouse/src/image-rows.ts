import { LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { filesOf, type Numbered, pathsOf } from "./attempts-sql.ts";
import { type Cells, number, numberOrNull, text, textOrNull } from "./cells.ts";
import { bringHere, piecesOf } from "./pieces.ts";
import { blamed } from "./settle.ts";
import { invocationsFile, type Warehouse } from "./warehouse.ts";

/** An attempt of an image, as far as its outcome goes; named as the export names it. */
export interface ImageRow {
  readonly parent_invocation_id: string;
  readonly invocation_id: string;
  readonly function_name: string | null;
  readonly image_id: string | null;
  readonly miner_hotkey: string;
  readonly error_message: string | null;
  readonly compute_multiplier: number | null;
  /** Seconds until the answer was there; null where the row does not say. */
  readonly metrics: { readonly nc: number } | null;
}

/** Rows of a file that are looked through in one turn of the engine. */
const PAGE = 100_000;

/** Which images the attempts of each entry are of; entries without invocations are left out. */
export async function imagesOf(
  warehouse: Warehouse,
  entryIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const entries = await filed(warehouse, entryIds);
    const found: Cells[] = [];
    for await (const piece of piecesOf(warehouse, entries)) {
      const images = await read(
        warehouse,
        `SELECT DISTINCT filename, image_id FROM read_parquet(${pathsOf(warehouse, piece)}, filename = true)
         WHERE image_id IS NOT NULL`,
      );
      found.push(...images);
    }
    const byFile = Map.groupBy(found, (row) => text(row, "filename"));
    return new Map(
      entries.map(({ entryId }) => {
        const rows = byFile.get(invocationsFile(warehouse, entryId)) ?? [];
        return [entryId, new Set(rows.map((row) => text(row, "image_id")))];
      }),
    );
  });
}

/** The attempts of an image, page by page, in the order of these entries and of their files. */
export async function* imageRows(
  warehouse: Warehouse,
  entryIds: readonly string[],
  image: string,
): AsyncGenerator<readonly ImageRow[]> {
  const { engine } = warehouse;
  for (const entryId of entryIds) {
    for (let from = 0, rows = 1; from < rows; from += PAGE) {
      const page = await engine.exclusive(async () => {
        const [entry] = await filed(warehouse, [entryId]);
        rows = entry?.rows ?? 0;
        if (entry === undefined) return [];
        await bringHere(warehouse, [entry]);
        return await read(
          warehouse,
          `SELECT parent_invocation_id, invocation_id, function_name, image_id, miner_hotkey,
             error_message, compute_multiplier, nc
           FROM (${filesOf(warehouse, [entry])}) WHERE image_id = $image
             AND row >= $from AND row < $upto ORDER BY row`,
          { image, from, upto: from + PAGE },
        );
      });
      yield page.map(rowOf);
    }
  }
}

/** Those of the entries that brought invocations, with how many. */
async function filed(
  { engine }: Warehouse,
  entryIds: readonly string[],
): Promise<readonly (Numbered & { readonly rows: number })[]> {
  const rows = await engine.rows(
    `SELECT seq, entry_id, invocation_rows FROM entries
     WHERE invocation_rows IS NOT NULL AND entry_id IN (SELECT unnest($ids))`,
    { ids: listValue([...entryIds]) },
    { ids: LIST(VARCHAR) },
  );
  return rows.map((row) => ({
    seq: number(row, "seq"),
    entryId: text(row, "entry_id"),
    rows: number(row, "invocation_rows"),
  }));
}

async function read(
  warehouse: Warehouse,
  ...statement: Parameters<Warehouse["engine"]["rows"]>
): Promise<readonly Cells[]> {
  try {
    return await warehouse.engine.rows(...statement);
  } catch (error) {
    throw await blamed(warehouse, error);
  }
}

function rowOf(row: Cells): ImageRow {
  const seconds = numberOrNull(row, "nc");
  return {
    parent_invocation_id: text(row, "parent_invocation_id"),
    invocation_id: text(row, "invocation_id"),
    function_name: textOrNull(row, "function_name"),
    image_id: textOrNull(row, "image_id"),
    miner_hotkey: text(row, "miner_hotkey"),
    error_message: textOrNull(row, "error_message"),
    compute_multiplier: numberOrNull(row, "compute_multiplier"),
    metrics: seconds === null ? null : { nc: seconds },
  };
}
