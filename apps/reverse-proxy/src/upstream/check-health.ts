import { setTimeout as sleep } from "node:timers/promises";
import { isAbort } from "@neurond/primitives";
import type { Dispatcher } from "undici";
import { checkDelayMs } from "./health.ts";
import { openPool } from "./open-pool.ts";
import type { Server } from "./server.ts";
import type { ServerGroup } from "./server-group.ts";
import type { HealthSettings } from "./settings.ts";

/** What is read of an answer before the connection is given up: its status says enough. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Asks the servers of a group how they are until the signal fires or the group retires. */
export async function checkHealth(
  group: ServerGroup,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  const { health } = group.settings;
  if (health === null) return;
  const stop = AbortSignal.any([signal, group.retired]);
  await Promise.all(
    group.servers.map((server) => checkServer(group, server, { health, random, stop })),
  );
}

interface CheckOptions {
  readonly health: HealthSettings;
  readonly random: () => number;
  readonly stop: AbortSignal;
}

async function checkServer(
  group: ServerGroup,
  server: Server,
  { health, random, stop }: CheckOptions,
): Promise<void> {
  // A connection of its own: a server whose connections are all at work is busy, not ill.
  const pool = openPool(server.address, group.settings, 1);
  try {
    while (!stop.aborted) {
      const well = await isWell(pool, `${server.address.pathPrefix}${health.path}`, health, stop);
      if (stop.aborted) return;
      group.checked(server, well);
      await sleep(checkDelayMs(health, random()), undefined, { signal: stop });
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    await pool.destroy();
  }
}

async function isWell(
  dispatcher: Dispatcher,
  path: string,
  { timeoutMs }: HealthSettings,
  stop: AbortSignal,
): Promise<boolean> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  try {
    const { statusCode, body } = await dispatcher.request({ path, method: "GET", signal });
    await body.dump({ limit: MAX_ANSWER_BYTES, signal });
    return statusCode >= 200 && statusCode < 400;
  } catch {
    // Refused, reset, too late or cut off: whatever it was, this server did not answer.
    return false;
  }
}
