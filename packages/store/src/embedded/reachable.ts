import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Account } from "./passwd.ts";

/** Whether a user may enter every directory down to `path`, by owner, group and mode. */
export async function isReachable(path: string, account: Account): Promise<boolean> {
  let here = await realpath(path);
  for (;;) {
    const { mode, uid, gid } = await stat(here);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    const parent = dirname(here);
    if (parent === here) return true;
    here = parent;
  }
}
