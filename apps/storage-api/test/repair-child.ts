import { keypairFromUri } from "@neurond/crypto";
import { createLogger, createRegistry } from "@neurond/runtime";
import { openDatabase, RepairQueue } from "@neurond/store";
import { Config, openNetwork, Repairs } from "../src/index.ts";
import { createMetrics } from "../src/metrics.ts";

/** A node that does nothing but repair, until it is killed: url and schema of its database, a validator. */
const [url = "", schema = "", validator = "", netuid = ""] = process.argv.slice(2);
const signal = new AbortController().signal;
const database = await openDatabase({ url, directory: "unused", schema, signal });
const config = Config.parse({
  netuid: Number(netuid),
  vault: { kind: "network", validators: [validator] },
});
const network = openNetwork({ config, signer: keypairFromUri("//StorageNode"), database });
const repairs = new Repairs(
  {
    ...network,
    queue: new RepairQueue(database.kysely),
    metrics: createMetrics(createRegistry("child")),
    log: createLogger("child", "fatal"),
    now: Date.now,
  },
  { threshold: 23, bytesPerSecond: 2_000_000, atOnce: 2, everyMs: 100 },
);
process.stdout.write("ready\n");
await repairs.run(signal);
