import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MS = 1_000;
/** After this silence the holder counts as dead although it cannot be asked (other container, reused pid). */
const SILENCE_MS = 60_000;

/**
 * Runs `work` while no other process on this checkout does. A killed holder does not block: the lock
 * is free when its pids are gone. `work` gets a function to name a child which may outlive us.
 */
export async function withLock(file, onWait, work) {
  const holders = [process.pid];
  const at = Date.now();
  const content = () => JSON.stringify({ host: hostname(), at, holders });
  for (let waited = 0; !claim(file, content()); waited += 1) {
    if (waited === 0) onWait();
    await sleep(200);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  try {
    return await work((pid) => {
      holders.push(pid);
      writeFileSync(file, content());
    });
  } finally {
    clearInterval(heartbeat);
    if (read(file) === content()) rmSync(file, { force: true });
  }
}

function claim(file, content) {
  try {
    writeFileSync(file, content, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const found = read(file);
  if (found === undefined || !isDead(file, found)) return false;
  remove(file, found);
  return claim(file, content);
}

function isDead(file, found) {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - modified > SILENCE_MS) return true;
  try {
    const { host, holders } = JSON.parse(found);
    return host === hostname() && !holders.some(isAlive);
  } catch {
    return false; // half written: its writer is given the time
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // alive, of another user
  }
}

/** Two waiters may find the same dead holder: the slower must not remove the quicker one's new lock. */
function remove(file, found) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== found) linkSync(aside, file);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes(error.code)) throw error;
  }
  rmSync(aside, { force: true });
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // taken over after a long suspension; the new holder installs the same thing
  }
}
