/**
 * Outlives a localnet that was killed: `node keeper.ts <root>` waits until the channel to its parent
 * closes, gives the daemons the time their leash gives them, ends those that are still there, and
 * stops the database, which belongs to nobody any more.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { stopEmbedded } from "@neurond/store";
import { placesIn, readPids } from "./directory.ts";
import { isAlive } from "./is-alive.ts";

const GRACE_MS = 3_500;
const STOP_DATABASE_MS = 10_000;

const [, , root = ""] = process.argv;
// A terminal's Ctrl-C is for the parent; the keeper goes last.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
process.on("disconnect", () => void clearUp());

async function clearUp(): Promise<void> {
  const [, ...pids] = await readPids(root);
  const daemons = pids.filter((pid) => pid !== process.pid);
  const deadline = Date.now() + GRACE_MS;
  while (daemons.some(isAlive) && Date.now() < deadline) await sleep(50);
  for (const pid of daemons.filter(isAlive)) process.kill(pid, "SIGKILL");
  await stopEmbedded(placesIn(root).postgres, AbortSignal.timeout(STOP_DATABASE_MS));
}
