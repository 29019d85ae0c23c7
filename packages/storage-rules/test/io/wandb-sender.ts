import { setImmediate as turn } from "node:timers/promises";
import { Secret } from "@neurond/runtime";
import { EVENT_LEVEL, publicEvent } from "@neurond/storage-rules";
import { openFileSink, WandbApi, WandbOutbox } from "@neurond/storage-rules/io";

/** Publishes events, in several runs, and sends them meanwhile, until it is killed. */
const [directory = "", baseUrl = "", key = ""] = process.argv.slice(2);
const run = { project: "trial", entity: "team", notes: "", tags: [] };
const sink = await openFileSink(directory, run, { forWandb: true });
const outbox = await WandbOutbox.open({
  directory: sink.directory,
  entity: run.entity,
  api: new WandbApi({ baseUrl, apiKey: new Secret(key) }),
  files: {},
  tell: ({ kind }) => process.stderr.write(`${kind}\n`),
  pollMs: 1,
});
const following = outbox.follow(AbortSignal.timeout(30_000));
const empty = {
  ...{ uids: [], hotkeys: [], successful: [], completion_times: [], task_status_messages: [] },
  ...{ task_status_codes: [], bytes: [], tiers: [], timeout: 0, step_length: 0, rewards: [] },
};
for (let block = 1; block <= 300; block += 1) {
  const about = { level: EVENT_LEVEL, time: block, task_name: "Monitor", block } as const;
  const event = publicEvent({ ...about, ...empty, best_uid: null, best_hotkey: null });
  await sink.publish(event, { step: block, timeMs: block });
  if (block % 100 === 0) await sink.rollOver();
  if (block === 30) process.stdout.write("going\n");
  await turn();
}
await following;
