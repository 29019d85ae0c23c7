import { EVENT_LEVEL } from "@neurond/storage-rules";
import { JobStates, openEventLog } from "@neurond/storage-rules/io";

/** Writes events and the state of a job as fast as it can, until it is killed. */
const directory = process.argv[2] ?? "";
const events = await openEventLog(directory, { maxBytes: 20_000, keep: 1000 });
const states = await JobStates.open(`${directory}/jobs.json`);
for (let block = 0; ; block += 1) {
  await events.append({
    level: EVENT_LEVEL,
    time: block,
    task_name: "Monitor",
    block,
    uids: [],
    hotkeys: [],
    successful: [],
    completion_times: [],
    task_status_messages: [],
    task_status_codes: [],
    bytes: [],
    tiers: [],
    timeout: 0,
    step_length: 0,
    best_uid: null,
    best_hotkey: null,
    rewards: [],
  });
  await states.set("store", { last_block: block, runs: block + 1, failures: 0 });
  if (block === 50) process.stdout.write("going\n");
}
