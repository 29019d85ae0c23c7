// The clients of the bench, on the core that the proxy does not have.
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Load, load, open } from "./load.ts";
import { postOf, signedRequests } from "./signer.ts";
import { EVENTS_TARGET, OPEN_TARGET } from "./wire.ts";

// Whoever started this is gone.
process.once("disconnect", () => process.exit());

const CONNECTIONS = 64;
const GET_EVENTS = `GET ${EVENTS_TARGET} HTTP/1.1\r\nHost: miner\r\nAccept: text/event-stream\r\n\r\n`;

export type Wish =
  | { readonly kind: "open"; readonly port: number; readonly durationMs: number }
  | {
      readonly kind: "signed";
      readonly port: number;
      readonly durationMs: number;
      readonly signatures: number;
    }
  | { readonly kind: "first-event"; readonly port: number; readonly repeat: number }
  | { readonly kind: "hold"; readonly port: number; readonly streams: number }
  | { readonly kind: "upload"; readonly port: number; readonly bytes: number }
  | {
      readonly kind: "flood";
      readonly port: number;
      readonly durationMs: number;
      readonly badPerSecond: number;
    };

const held: Socket[] = [];

process.on("message", (wish: Wish) => {
  fulfil(wish).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.("ready");

async function fulfil(wish: Wish): Promise<Load | number | string> {
  switch (wish.kind) {
    case "open": {
      const request = postOf(OPEN_TARGET);
      return load({
        ...wish,
        connections: CONNECTIONS,
        next: () => request,
        expected: "HTTP/1.1 200",
      });
    }
    case "signed": {
      const requests = signedRequests(wish.signatures);
      return load({
        ...wish,
        connections: CONNECTIONS,
        next: () => requests.pop(),
        expected: "HTTP/1.1 200",
      });
    }
    case "first-event":
      return firstEventMs(wish.port, wish.repeat);
    case "hold":
      return hold(wish.port, wish.streams);
    case "upload":
      return upload(wish.port, wish.bytes);
    case "flood":
      return flood(wish.port, wish.durationMs, wish.badPerSecond);
  }
}

/** Median milliseconds from the request to the first event. */
async function firstEventMs(port: number, repeat: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < repeat; run += 1) {
    const socket = await open(port);
    const started = performance.now();
    socket.write(GET_EVENTS);
    await until(socket, "data: 1\n\n");
    times.push(performance.now() - started);
    socket.destroy();
  }
  return times.sort((a, b) => a - b)[repeat >> 1] ?? Number.NaN;
}

async function until(socket: Socket, text: string): Promise<void> {
  let got = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += String(chunk);
    if (got.includes(text)) return;
  }
  throw new Error("the stream ended before its first event");
}

/** Opens event streams and keeps them; 0 lets all go. */
async function hold(port: number, streams: number): Promise<number> {
  while (held.length > streams) held.pop()?.destroy();
  while (held.length < streams) {
    const batch = Math.min(200, streams - held.length);
    const opened = await Promise.all(
      Array.from({ length: batch }, async (_, at) => {
        // One address has only so many ports.
        const socket = await open(port, `127.0.0.${1 + ((held.length + at) % 4)}`);
        socket.write(GET_EVENTS);
        await until(socket, "data: 1\n\n");
        return socket;
      }),
    );
    held.push(...opened);
  }
  return held.length;
}

/** Sends a long body under headers that are signed for another one; the first line of the answer. */
async function upload(port: number, bytes: number): Promise<string> {
  const [request = Buffer.alloc(0)] = signedRequests(1);
  const head = String(request)
    .split("\r\n\r\n")[0]
    ?.replace(/Content-Length: \d+/, `Content-Length: ${bytes}`);
  const socket = await open(port);
  const answered = once(socket, "data");
  socket.write(`${head}\r\n\r\n`);
  const piece = Buffer.alloc(65_536, 120);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    const rest = piece.subarray(0, Math.min(piece.length, bytes - sent));
    if (!socket.write(rest)) await once(socket, "drain");
  }
  const [answer] = await answered;
  socket.destroy();
  return String(answer).split("\r\n")[0] ?? "";
}

/** A permitted caller beside a flood of bad signatures from many addresses; 0 a second is the baseline. */
async function flood(port: number, durationMs: number, badPerSecond: number): Promise<Load> {
  const good = signedRequests(Math.ceil(durationMs / 2));
  const bad = signedRequests(Math.ceil((badPerSecond * durationMs) / 1000), false);
  const addresses = 200;
  const sockets = await Promise.all(
    Array.from({ length: badPerSecond === 0 ? 0 : addresses }, (_, at) =>
      open(port, `127.0.1.${at + 1}`),
    ),
  );
  for (const socket of sockets) socket.resume();
  const deadline = performance.now() + durationMs;
  const attack = async () => {
    const every = 10;
    for (let tick = 0; bad.length > 0 && performance.now() < deadline; tick += 1) {
      for (let n = 0; n < (badPerSecond * every) / 1000; n += 1) {
        sockets[(tick * 10 + n) % addresses]?.write(bad.pop() ?? "");
      }
      await sleep(every);
    }
  };
  const caller = load({
    port,
    connections: 4,
    durationMs,
    next: () => good.pop(),
    expected: "HTTP/1.1 200",
  });
  const [result] = await Promise.all([caller, attack()]);
  for (const socket of sockets) socket.destroy();
  return result;
}
