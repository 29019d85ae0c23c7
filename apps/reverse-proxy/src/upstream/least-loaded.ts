import type { Server } from "./server.ts";

/** The server with the least at work on it that takes one more; of equal ones each gets its turn. */
export function leastLoaded(
  servers: readonly Server[],
  turn: number,
  nowMs: number,
): Server | undefined {
  let best: Server | undefined;
  for (let offset = 0; offset < servers.length; offset += 1) {
    const server = servers[(turn + offset) % servers.length];
    if (server === undefined || !server.hasRoom(nowMs)) continue;
    if (best === undefined || server.inFlight < best.inFlight) best = server;
  }
  return best;
}
