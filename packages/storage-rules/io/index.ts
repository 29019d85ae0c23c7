export { type EventLog, openEventLog } from "./event-log.ts";
export {
  type EventSink,
  type FileSink,
  MINER_STATS,
  openFileSink,
  type SinkRun,
} from "./event-sink.ts";
export { type JobState, JobStates } from "./job-state.ts";
export { readProcessLine } from "./process-line.ts";
export { readLines } from "./read-events.ts";
export { MAX_LINE_BYTES, RotatingFile, type RotatingFileOptions } from "./rotating-file.ts";
export { type Job, type JobRun, runJobs, type SchedulerParts } from "./scheduler.ts";
export { Semaphore } from "./semaphore.ts";
export { appendTotalStorage, TOTAL_STORAGE } from "./total-storage.ts";
export {
  type WandbAddition,
  WandbApi,
  type WandbFile,
  type WandbPlace,
  type WandbRun,
  type WandbServer,
} from "./wandb-api.ts";
export { type WandbNews, WandbOutbox, type WandbOutboxOptions } from "./wandb-outbox.ts";
