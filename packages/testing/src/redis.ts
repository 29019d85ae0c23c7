import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** A Redis server of its own, with nothing in it and nothing kept. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** Ends the server as a crash does. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
}

/** Whether there is a Redis server to test with; say so in the name of what is skipped. */
export const hasRedis: boolean = findOnPath("redis-server") !== undefined;

/** Starts a Redis server on a free port of the loopback interface. */
export async function testRedis(): Promise<TestRedis> {
  const program = findOnPath("redis-server");
  if (program === undefined) throw new Error("redis-server is not on the PATH: install it");
  const directory = await mkdtemp(join(tmpdir(), "neurond-redis-"));
  const port = await freePort();
  const start = () => startServer(program, port, directory);
  let child = await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill();
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startServer(program: string, port: number, dir: string): Promise<ChildProcess> {
  const settings = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "no", dir };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(program, args, { stdio: "ignore" });
  const redis = new Redis({ host: "127.0.0.1", port, lazyConnect: true, retryStrategy: () => 20 });
  redis.on("error", () => undefined);
  try {
    for (let tries = 0; tries < 250; tries += 1) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      const pong = await redis.ping().catch(() => null);
      if (pong === "PONG") return child;
      await sleep(20);
    }
    throw new Error("redis-server did not answer within 5 s");
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("no port was given");
  return address.port;
}

function findOnPath(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
