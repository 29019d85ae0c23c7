/** What is asked about a job, and which. */
export interface JobPath {
  readonly asks: "status" | "result";
  readonly id: string;
}

const JOB_PATH = /\/(status|result)\/([^/]{1,600})$/;

/** Reads `/inference/status/{job_id}` and its like; null for any other path. */
export function readJobPath(path: string): JobPath | null {
  const [, asks, encoded] = JOB_PATH.exec(path) ?? [];
  if ((asks !== "status" && asks !== "result") || encoded === undefined) return null;
  try {
    return { asks, id: decodeURIComponent(encoded) };
  } catch {
    return null;
  }
}
