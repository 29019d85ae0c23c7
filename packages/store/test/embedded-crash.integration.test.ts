import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "@neurond/ledger";
import { isCoded, type RunId, toRunId } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { observation } from "../../ledger/test/samples.ts";
import { isTemporary, PostgresLog } from "../src/index.ts";
import { hold, open, serverPid, temporaryDirectory } from "./embedded-fixture.ts";

/** Appends one by one until something fails; returns how many were acknowledged. */
async function appendUntilItFails(log: Log, runId: RunId): Promise<number> {
  for (let slot = 0; ; slot += 1) {
    try {
      await log.append([observation({ slot, run_id: runId })]);
    } catch (error) {
      expect(isCoded(error, "DATABASE_LOST", "DATABASE_UNREACHABLE")).toBe(true);
      return slot;
    }
  }
}

/** What a daemon does after a temporary error. */
async function eventually<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await action();
    } catch (error) {
      if (!isTemporary(error) || tries >= 200) throw error;
      await sleep(50);
    }
  }
}

describe("when the server is killed with SIGKILL", () => {
  test("its user starts it again, and nothing that was acknowledged is lost", async () => {
    const directory = temporaryDirectory();
    await using database = await open(directory, true);
    const storage = await PostgresLog.open(database.kysely, "log");
    for (let round = 0; round < 3; round += 1) {
      const size = await storage.size();
      const log = new Log(storage);
      const pid = serverPid(directory) ?? 0;
      setTimeout(() => process.kill(pid, "SIGKILL"), 150 + 70 * round);
      const acknowledged = await appendUntilItFails(log, toRunId(`run-${round}`));
      const after = await eventually(() => storage.size());
      // The append that was under way may have been stored without our hearing of it.
      expect(after - size - acknowledged).toBeOneOf([0, 1]);
      const head = await new Log(storage).head();
      expect(head.size).toBe(after);
      expect(serverPid(directory)).not.toBe(pid);
    }
  });

  test("several users agree on one server again", async () => {
    const directory = temporaryDirectory();
    await using database = await open(directory);
    const other = await hold(directory);
    process.kill(serverPid(directory) ?? 0, "SIGKILL");
    const storage = await eventually(() => PostgresLog.open(database.kysely, "log"));
    await eventually(() => new Log(storage).append([observation({ slot: 0 })]));
    await other.leave();
    expect(await eventually(() => storage.size())).toBe(1);
    expect(serverPid(directory)).not.toBeNull();
  });
});
