// Loads one entry after the other into the directory of its first argument, with an archive in its fourth, until it is killed.
import { parseArgs } from "node:util";
import { directoryBlobs } from "@neurond/blob-store";
import { loadEntry, openWarehouse, usage } from "../src/index.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const [directory = "", path = "", rows = "", behind] = positionals;
// So small a cache that every load archives what is there.
const archive = behind === undefined ? undefined : { blobs: directoryBlobs(behind), cacheBytes: 1 };
const warehouse = await openWarehouse({ directory, threads: 1, archive });
process.stdout.write("open\n");
for (let block = 0; ; block += 1) {
  const startTime = Date.UTC(2025, 0, 1) * 1_000 + block * 3_600_000_000;
  await loadEntry(warehouse, {
    entry: {
      entryId: crypto.randomUUID(),
      kind: "validator",
      hotkey: rows,
      block,
      startTime,
      endTime: startTime + 3_600_000_000,
    },
    invocations: { path },
    history: [{ instanceId: "i", computeMultiplier: 1, startedAt: startTime, endedAt: null }],
  });
  if (block % 3 === 2) await usage(warehouse);
}
