import type { KeeperEvents } from "./keep-weights.ts";

/** The part of a logger that events go to. */
export interface EventLog {
  info(context: object, text: string): void;
  error(context: object, text: string): void;
}

/** What became of each submission and reveal: counted by its kind, and one line in every daemon's log. */
export function logEvents(
  count: (result: string) => void,
  log: EventLog,
): Pick<KeeperEvents, "submitted" | "revealed"> {
  return {
    submitted(runId, { submission, path }) {
      count(submission.kind);
      const level = submission.kind === "rejected" ? "error" : "info";
      log[level]({ runId, submission, path }, "weights submitted");
    },
    revealed(runId, result) {
      count(`reveal_${result.kind}`);
      log.info({ runId, result }, "weights revealed");
    },
  };
}
