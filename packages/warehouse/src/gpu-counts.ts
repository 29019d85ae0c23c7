import { number, text } from "./cells.ts";
import type { GpuCountRow } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";

/** Replaces the GPU counts of all chutes: a feed that states only what is so now, and is not committed. */
export async function replaceGpuCounts(
  { engine }: Warehouse,
  counts: Iterable<GpuCountRow>,
): Promise<void> {
  const last = new Map(Array.from(counts, ({ chuteId, gpuCount }) => [chuteId, gpuCount]));
  await engine.exclusive(() =>
    engine.transaction(async () => {
      await engine.run("DELETE FROM gpu_counts");
      await engine.append("gpu_counts", last);
    }),
  );
}

/** GPUs by chute. */
export async function gpuCounts({ engine }: Warehouse): Promise<ReadonlyMap<string, number>> {
  const rows = await engine.exclusive(() =>
    engine.rows("SELECT * FROM gpu_counts ORDER BY chute_id"),
  );
  return new Map(rows.map((row) => [text(row, "chute_id"), number(row, "gpu_count")]));
}
