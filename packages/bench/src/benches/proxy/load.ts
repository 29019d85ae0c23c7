import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { MessageCounter } from "./wire.ts";

export interface LoadWish {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** The next request's bytes; undefined when there are no more. */
  readonly next: () => Buffer | undefined;
  /** What an answer must begin with. */
  readonly expected: string;
}

/** What one window of load gave. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than the expected ones. */
  readonly wrong: number;
  readonly count: number;
}

/** Keeps so many connections busy, one request each, for so long. */
export async function load({
  port,
  connections,
  durationMs,
  next,
  expected,
}: LoadWish): Promise<Load> {
  const latencies: number[] = [];
  let wrong = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const started = performance.now();
  const deadline = started + durationMs;
  const drive = (socket: Socket) =>
    new Promise<void>((resolve) => {
      const counter = new MessageCounter();
      let sentAt = 0;
      const send = () => {
        const bytes = performance.now() < deadline ? next() : undefined;
        if (bytes === undefined) {
          socket.destroy();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(bytes);
      };
      socket.on("data", (chunk: Buffer) => {
        if (counter.take(chunk) === 0) return;
        latencies.push(performance.now() - sentAt);
        if (!counter.firstLine.startsWith(expected)) wrong += 1;
        send();
      });
      socket.on("close", () => resolve());
      send();
    });
  await Promise.all(sockets.map(drive));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  const count = latencies.length;
  return { perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99), wrong, count };
}

export async function open(port: number, localAddress?: string): Promise<Socket> {
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, ...from });
  await once(socket, "connect");
  socket.on("error", () => socket.destroy());
  return socket;
}
