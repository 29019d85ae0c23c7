import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ByteBudget } from "../../src/body/budget.ts";
import { type BodyLimits, type BodyRead, readBody } from "../../src/body/read-body.ts";
import { answer } from "../../src/edge/answer.ts";
import { listenEdge } from "../../src/edge/listen-edge.ts";
import { EDGE_DEFAULTS } from "../../src/edge/settings.ts";
import { statusesOf } from "../stage.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-body-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** A door that reads each body, and what came of it. */
async function open(limits: Partial<BodyLimits> = {}) {
  const budget = new ByteBudget(10_000_000);
  const all: BodyLimits = {
    maxBytes: 5_000_000,
    memoryBytes: 100_000,
    deadlineMs: 5_000,
    minBytesPerSecond: 0,
    budget,
    directory,
    ...limits,
  };
  const reads: BodyRead[] = [];
  let tell = () => {};
  const edge = await listenEdge(
    { ...EDGE_DEFAULTS, host: "127.0.0.1", port: 0 },
    async (arrival) => {
      const read = await readBody(arrival, all);
      reads.push(read);
      if (read.kind === "denied") answer(arrival, read.deny.status, {}, read.deny);
      else if (read.kind === "held") answer(arrival, 200, {}, "ok");
      tell();
    },
  );
  return {
    budget: all.budget,
    port: edge.port,
    async next(): Promise<BodyRead> {
      while (reads.length === 0) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
      return reads.shift() ?? { kind: "left" };
    },
    [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose](),
  };
}

const head = (fields: string) =>
  `POST / HTTP/1.1\r\nHost: m\r\nConnection: close\r\n${fields}\r\n\r\n`;

function send(port: number, fields: string, pieces: readonly Buffer[]) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(head(fields));
  for (const piece of pieces) socket.write(piece);
  return socket;
}

const chunked = (pieces: readonly Buffer[]) => [
  ...pieces.map((piece) =>
    Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
  ),
  Buffer.from("0\r\n\r\n"),
];

async function answerOf(socket: ReturnType<typeof connect>): Promise<number[]> {
  const bytes = await buffer(socket).catch(() => Buffer.alloc(0));
  return statusesOf(bytes.toString("latin1"));
}

test("whatever the pieces and the place, body and digest are those of the bytes sent", async () => {
  await using door = await open({ memoryBytes: 5_000 });
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (drawn, inChunks) => {
      const parts = drawn.map((piece) => Buffer.from(piece));
      const bytes = Buffer.concat(parts);
      const socket = inChunks
        ? send(door.port, "Transfer-Encoding: chunked", chunked(parts))
        : send(door.port, `Content-Length: ${bytes.length}`, parts);
      const read = await door.next();
      if (read.kind !== "held") throw new Error(read.kind);
      const { body } = read;
      expect(body.kind).toBe(bytes.length > 5_000 ? "file" : "memory");
      const got =
        body.kind === "file" ? await buffer(body.open()) : body.kind === "memory" && body.bytes;
      expect(got && bytes.equals(got)).toBe(true);
      expect(read.sha256).toEqual(createHash("sha256").update(bytes).digest());
      read.release();
      socket.destroy();
    }),
    { numRuns: 40 },
  );
  expect(door.budget.heldBytes).toBe(0);
});

test("a long body lies in a file without a name, and can be read from the start again", async () => {
  await using door = await open();
  const bytes = Buffer.alloc(1_000_000, 7);
  send(door.port, `Content-Length: ${bytes.length}`, [bytes]);
  const read = await door.next();
  if (read.kind !== "held" || read.body.kind !== "file") throw new Error("expected a file");
  expect(await readdir(directory)).toEqual([]);
  expect(door.budget.heldBytes).toBe(1_000_000);
  for (let time = 0; time < 2; time += 1) {
    expect((await buffer(read.body.open())).equals(bytes)).toBe(true);
  }
  read.release();
  read.release();
  expect(door.budget.heldBytes).toBe(0);
});

describe("a body is not taken", () => {
  test("that says it is too long: at once, whatever the client goes on to send", async () => {
    await using door = await open({ maxBytes: 1_000 });
    const socket = send(door.port, "Content-Length: 1000000", [Buffer.alloc(100_000)]);
    expect(await door.next()).toMatchObject({ deny: { status: 413, code: "BODY_TOO_LARGE" } });
    expect(await answerOf(socket)).toEqual([413]);
  });

  test("that turns out too long", async () => {
    await using door = await open({ maxBytes: 1_000 });
    const socket = send(door.port, "Transfer-Encoding: chunked", chunked([Buffer.alloc(1_001)]));
    expect(await door.next()).toMatchObject({ deny: { status: 413 } });
    expect(await answerOf(socket)).toEqual([413]);
    expect(door.budget.heldBytes).toBe(0);
  });

  test("while others fill the budget, and is once they are gone", async () => {
    await using door = await open({ budget: new ByteBudget(1_500) });
    send(door.port, "Content-Length: 1000", [Buffer.alloc(1_000)]);
    const first = await door.next();
    const socket = send(door.port, "Content-Length: 1000", [Buffer.alloc(1_000)]);
    expect(await door.next()).toMatchObject({
      deny: { status: 503, code: "BODY_NOT_HELD", headers: { "Retry-After": "1" } },
    });
    expect(await answerOf(socket)).toEqual([503]);
    send(door.port, "Transfer-Encoding: chunked", chunked([Buffer.alloc(1_000)]));
    expect(await door.next()).toMatchObject({ deny: { code: "BODY_NOT_HELD" } });
    if (first.kind === "held") first.release();
    send(door.port, "Content-Length: 1000", [Buffer.alloc(1_000)]);
    expect(await door.next()).toMatchObject({ kind: "held" });
  });

  test("that is not whole in time", async () => {
    await using door = await open({ deadlineMs: 50 });
    const socket = send(door.port, "Content-Length: 10", [Buffer.from("half")]);
    expect(await door.next()).toMatchObject({ deny: { status: 408, code: "BODY_TIMEOUT" } });
    expect(await answerOf(socket)).toEqual([408]);
  });

  test("whose sender has left: nothing of it is kept", async () => {
    await using door = await open();
    const socket = send(door.port, "Content-Length: 1000000", [Buffer.alloc(200_000)]);
    await once(socket, "connect");
    setTimeout(() => socket.destroy(), 20);
    expect(await door.next()).toEqual({ kind: "left" });
    expect(door.budget.heldBytes).toBe(0);
    expect(await readdir(directory)).toEqual([]);
  });

  test("when there is nowhere to put it", async () => {
    await using door = await open({ directory: join(directory, "missing") });
    const socket = send(door.port, "Content-Length: 200000", [Buffer.alloc(200_000)]);
    expect(await door.next()).toMatchObject({ deny: { status: 503 } });
    socket.destroy();
    expect(door.budget.heldBytes).toBe(0);
  });
});
