import { codeOf } from "../errors.ts";

/** Whether a process of this id runs; one of another user may not be asked, but it lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
