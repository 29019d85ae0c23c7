import { parentPort } from "node:worker_threads";
import { type Job, work } from "./shard-work.ts";

/** One job at a time; errors go back as they are, less what cannot be cloned. */
parentPort?.on("message", (job: Job) => {
  try {
    parentPort?.postMessage({ result: work(job) });
  } catch (error) {
    const { code, message } =
      error instanceof Error
        ? { code: codeOf(error), message: error.message }
        : { code: undefined, message: String(error) };
    parentPort?.postMessage({ failure: { code, message } });
  }
});

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
