// Generates a data set and audits it in the time zone of this process; what comes of it, as a line of JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Dataset, generate, parseOptions } from "@neurond/gen-exports";
import { parseHotkey } from "@neurond/primitives";
import { openWarehouse } from "@neurond/warehouse";
import {
  DEFAULT_SETTINGS,
  ExportAuditor,
  folderSource,
  recordedSubnet,
  recordedWitness,
} from "../io/index.ts";
import { MemoryState, verdictOf } from "../src/index.ts";

const [directory = "", end = ""] = parseArgs({ allowPositionals: true }).positionals;
const folder = join(directory, "exports");
const size = ["--hours", "6", "--miners", "4", "--chutes", "6", "--rate", "60"];
generate(parseOptions([...size, "--end", end, "--out", folder]));
await using warehouse = await openWarehouse({ directory: join(directory, "window"), threads: 1 });
const auditor = new ExportAuditor({
  validator: parseHotkey(new Dataset(folder).manifest.validator.hotkey),
  source: folderSource(folder),
  witness: await recordedWitness(folder),
  readSubnet: recordedSubnet(folder),
  state: new MemoryState(),
  warehouse,
  now: Date.now,
  settings: {
    ...DEFAULT_SETTINGS,
    directory: join(directory, "reports"),
    profile: "features",
    skipsMiners: true,
  },
});
const { entries, run } = await auditor.pass(AbortSignal.timeout(60_000));
const told = {
  offsets: [0, 6].map((hours) => new Date(Date.parse(end) - hours * 3_600_000).getTimezoneOffset()),
  listing: readFileSync(join(folder, "entries.json"), "utf8"),
  verdicts: entries.map(verdictOf),
  hours: run?.hours,
  inputs: run?.inputsRoot,
  shares: run?.rows.map(({ hotkey, share }) => `${hotkey} ${share}`),
};
process.stdout.write(JSON.stringify(told));
