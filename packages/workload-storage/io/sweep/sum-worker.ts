import { parentPort } from "node:worker_threads";
import { rowSum, valueSum } from "@neurond/workload-storage/sweep";
import { type SumJob, sumShards } from "./sum-shards.ts";

const [rows, tags] = [rowSum(), valueSum()];
const port = parentPort;
// One job at a time: the pool waits for its answer.
port?.on("message", (job: SumJob) => {
  void sumShards(job, rows, tags).then((result) => port.postMessage(result));
});
