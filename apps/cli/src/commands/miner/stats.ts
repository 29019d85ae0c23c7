import type { Hotkey } from "@neurond/primitives";
import type { MinerStatistics } from "@neurond/storage-rules";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { VALIDATOR_SHARED } from "../store/find-validator.ts";
import { ACCEPTED_OPTIONS } from "../store/seed-options.ts";
import type { StatsShape } from "./schemas.ts";
import { mostEntries, publicValidator, RECORD_OPTIONS } from "./validator-url.ts";

type Stats = z.infer<typeof StatsShape>;
type Row = Stats["miners"][number];

/** `neurond miner stats` */
export const minerStats = defineAction<Stats>({
  name: "stats",
  summary: "show how miners did when they were asked, their tiers and what they hold",
  description:
    "Computed from a validator's public log: its latest standing and what was logged since, by the rules the standing states; where it has none, the challenges of its last entries. Sizes are those of the latest inventories. With --index, an upstream validator's Redis database is read instead.",
  options: [
    ...RECORD_OPTIONS,
    { flags: "--index <number>", description: "read this database of a validator's Redis instead" },
    { flags: "--database.host <host>", description: "where that Redis is (default: localhost)" },
    { flags: "--database.port <port>", description: "its port (default: 6379)" },
    ...ACCEPTED_OPTIONS,
  ],
  shared: VALIDATOR_SHARED,
  examples: [
    "neurond miner stats --netuid 21",
    "neurond miner stats --validator http://127.0.0.1:8092 --json",
    "neurond miner stats --index 1",
  ],
  schema: async () => (await import("./schemas.ts")).StatsShape,
  run: (call) => {
    const index = call.integer("index", { min: 0, max: 65_535 });
    return index === undefined ? ofRecord(call) : ofRedis(call, index);
  },
  human: ({ miners }, view) =>
    view.table(
      [
        { title: "Hotkey" },
        { title: "Total Successes", align: "right" },
        { title: "Store A/S", align: "right" },
        { title: "Challenge A/S", align: "right" },
        { title: "Retrieve A/S", align: "right" },
        { title: "Store Rate", align: "right" },
        { title: "Challenge Rate", align: "right" },
        { title: "Retrieve Rate", align: "right" },
        { title: "Tier" },
        { title: "Current Storage (GB)", align: "right" },
        { title: "Limit (GB)", align: "right" },
      ],
      miners.map((row) => [
        row.hotkey,
        String(row.totalSuccesses),
        ...[row.store, row.challenge, row.retrieve].map(
          ({ attempts, successes }) => `${attempts}/${successes}`,
        ),
        ...[row.store, row.challenge, row.retrieve].map(rate),
        row.tier,
        row.storedBytes === null ? "" : gigabytes(row.storedBytes),
        gigabytes(Number(row.limitBytes)),
      ]),
    ),
});

async function ofRecord(call: Call): Promise<Stats> {
  const { readRecord } = await import("./read-record.ts");
  const { statisticsIn } = await import("./miner-statistics.ts");
  const { holdingsIn } = await import("./holdings.ts");
  const { NEW_MINER } = await import("@neurond/storage-rules");
  const { url, hotkey: validator } = await publicValidator(call);
  const reading = readRecord(url, { most: mostEntries(call), signal: call.signal });
  const record = await call.progress(`reading the log of ${url.host}`, reading);
  const statistics = statisticsIn(record);
  const holdings = await holdingsIn(record);
  const all = [...new Set([...statistics.keys(), ...holdings.keys()])].sort();
  const miners = all.map((miner) =>
    rowOf(miner, statistics.get(miner) ?? NEW_MINER, holdings.get(miner)?.bytes ?? null),
  );
  const source = record.standing === null ? "challenges" : "standing";
  return { source, validator, entries: record.read, miners };
}

async function ofRedis(call: Call, index: number): Promise<Stats> {
  const { connectRedis } = await import("@neurond/store/redis");
  const { readRedis } = await import("./redis-statistics.ts");
  const host = call.given("database.host") ?? "localhost";
  const port = call.integer("database.port", { min: 1, max: 65_535 }) ?? 6379;
  const password = call.env["REDIS_PASSWORD"];
  const user = password ? `:${encodeURIComponent(password)}@` : "";
  const place = host.includes(":") ? `[${host}]` : host;
  const url = `redis://${user}${place}:${port}/${index}`;
  await using connection = await connectRedis({ url, commandMs: 10_000, signal: call.signal });
  const found = await readRedis(connection.redis, call.signal);
  const miners = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hotkey, { statistics, bytes }]) => rowOf(hotkey, statistics, bytes));
  return { source: "redis", validator: null, entries: null, miners };
}

function rowOf(
  hotkey: Hotkey,
  { counters, totalSuccesses, tier, storageLimit }: MinerStatistics,
  storedBytes: number | null,
): Row {
  const { store, challenge, retrieve } = counters;
  return {
    ...{ hotkey, totalSuccesses, tier, storedBytes, limitBytes: String(storageLimit) },
    ...{ store: { ...store }, challenge: { ...challenge }, retrieve: { ...retrieve } },
  };
}

const rate = ({ attempts, successes }: Row["store"]) =>
  `${attempts === 0 ? "0" : ((100 * successes) / attempts).toFixed(1)} %`;

const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(2);
