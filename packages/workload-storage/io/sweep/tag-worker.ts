import { parentPort } from "node:worker_threads";
import { type TagJob, TagWork } from "./tag-job.ts";

const work = new TagWork();
const port = parentPort;
port?.on("message", (job: TagJob) => {
  const sets = work.linear(job);
  port.postMessage(
    sets,
    sets.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : [])),
  );
});
