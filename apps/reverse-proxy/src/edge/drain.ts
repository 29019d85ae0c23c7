import type { Server } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Connections } from "./connections.ts";

const LOOK_MS = 25;

/** Stops listening, closes connections as they fall idle, and the rest at the deadline. */
export function drain(
  server: Server | Http2SecureServer,
  connections: Connections,
  deadlineMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const deadline = performance.now() + deadlineMs;
    const timer = setInterval(look, LOOK_MS);
    function look() {
      connections.closeIdle();
      if (performance.now() >= deadline) connections.destroyAll();
      if (server.listening || connections.size > 0) return;
      clearInterval(timer);
      resolve();
    }
    // Sends GOAWAY on HTTP/2 sessions, which then close with their last stream.
    server.close();
    look();
  });
}
