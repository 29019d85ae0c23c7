// One pass over a folder with its state in Postgres; a line on stdout for every step that was kept.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseHotkey } from "@neurond/primitives";
import { openDatabase, PostgresAuditState } from "@neurond/store";
import { openWarehouse } from "@neurond/warehouse";
import {
  DEFAULT_SETTINGS,
  ExportAuditor,
  folderSource,
  recordedSubnet,
  recordedWitness,
} from "../io/index.ts";
import type { TrackedEntry } from "../src/index.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = "", hotkey = "", directory = "", url = "", schema = ""] = positionals;
const signal = AbortSignal.timeout(120_000);
const database = await openDatabase({ url, directory, schema, signal });

/** Tells of each step after it is kept. */
class TellingState extends PostgresAuditState {
  override async save(entry: TrackedEntry): Promise<void> {
    await super.save(entry);
    process.stdout.write(`${entry.step}\n`);
  }
}

await using warehouse = await openWarehouse({ directory: join(directory, "window"), threads: 1 });
const auditor = new ExportAuditor({
  validator: parseHotkey(hotkey),
  source: folderSource(folder),
  witness: await recordedWitness(folder),
  readSubnet: recordedSubnet(folder),
  state: new TellingState(database.kysely),
  warehouse,
  now: Date.now,
  settings: {
    directory: join(directory, "reports"),
    ...DEFAULT_SETTINGS,
    retries: "later",
    atOnce: 3,
    profile: "features",
  },
});
await auditor.pass(signal);
process.stdout.write("DONE\n");
await database[Symbol.asyncDispose]();
