import { readFileSync } from "node:fs";

/**
 * The most memory that a process has had since its program began, in bytes, as Linux counts it; 0 once it
 * is gone. `maxRSS` would also count what its parent had when it started the process.
 */
export function peakRssBytes(pid: number | "self" = "self"): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
