import { migrateStore } from "../../io/migrate-store.ts";

const [from = "", to = ""] = process.argv.slice(2);
const options = { from, to, dryRun: false, verify: false, reserveBytes: 0 };
const done = await migrateStore(options, new AbortController().signal);
process.stdout.write(JSON.stringify(done));
