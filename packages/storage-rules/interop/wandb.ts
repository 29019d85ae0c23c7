// Receives what wandb's own client sends until standard input ends, then sends the same run by ours,
// and prints both as they arrived.
import { text } from "node:stream/consumers";
import { Secret } from "@neurond/runtime";
import { WandbApi } from "@neurond/storage-rules/io";
import { WandbReceiver } from "@neurond/testing/wandb";

const [key = ""] = process.argv.slice(2);
await using receiver = await WandbReceiver.start(key);
process.stdout.write(`${receiver.url}\n`);
const rows = (await text(process.stdin)).trim().split("\n");

const signal = AbortSignal.timeout(10_000);
const api = new WandbApi({ baseUrl: receiver.url, apiKey: new Secret(key) });
const run = { project: "trial", entity: "team", notes: "by hand", tags: ["5H", "netuid_21"] };
const place = await api.begin({ id: "ourownid", ...run }, signal);
const name = "miner_stats.json";
await api.upload(place, [{ name, content: new TextEncoder().encode("{}") }], signal);
const history = { offset: 0, lines: rows };
const summary = rows.at(-1) ?? "{}";
await api.add(place, { history, summary, uploaded: [name], isComplete: true }, signal);

const received = [...receiver.runs.values()].map(({ about, history, files, ...rest }) => ({
  about: Object.fromEntries(Object.keys(run).map((field) => [field, about[field]])),
  rows: history.map((row) => ({ ...row, _timestamp: 0, _runtime: 0 })),
  summary: Object.keys(rest.summary)
    .filter((field) => field !== "_wandb")
    .sort(),
  file: rest.uploaded.has(name) ? files.get(name) : null,
  isComplete: rest.isComplete,
}));
// Its own client uploads files beside the rows.
const faults = receiver.faults.filter((fault) => !fault.startsWith("two requests"));
process.stdout.write(`${JSON.stringify({ received, faults })}\n`);
