import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A line to somebody that can be made slow. */
export interface Relay extends AsyncDisposable {
  /** From now on, every piece of an answer takes so much longer. */
  delay(milliseconds: number): void;
}

/** Hands bytes between two ports of an address. */
export async function startRelay(
  host: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Relay> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const callee = connect({ host, port: to });
    for (const socket of [caller, callee]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        caller.destroy();
        callee.destroy();
      });
    }
    caller.pipe(callee);
    void passSlowly(callee, caller, () => delayMs);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port: from }, resolve);
  });
  return {
    delay(milliseconds) {
      delayMs = milliseconds;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One piece after the other, so that none overtakes. */
async function passSlowly(source: Socket, sink: Socket, delayMs: () => number): Promise<void> {
  try {
    for await (const piece of source) {
      if (delayMs() > 0) await sleep(delayMs(), undefined, { ref: false });
      if (sink.destroyed) return;
      sink.write(piece);
    }
    sink.end();
  } catch {
    sink.destroy();
  }
}
