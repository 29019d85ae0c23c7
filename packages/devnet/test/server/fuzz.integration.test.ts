import { describe, expect, it } from "vitest";
import { startDevnet } from "../../src/index.ts";
import { Client } from "../rpc/client.ts";

const FRAMES = 100_000;
/** Frames sent before their answers are awaited. */
const WAVE = 500;
const SEED = 20_260_101;

/** mulberry32: enough to make a run repeatable. */
function generator(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  return { below, pick };
}
type Random = ReturnType<typeof generator>;

const hex = ({ below }: Random, length: number) =>
  `0x${Array.from({ length }, () => below(256).toString(16).padStart(2, "0")).join("")}`;

function value(random: Random, depth = 0): unknown {
  const { below, pick } = random;
  const kinds: (() => unknown)[] = [
    () => null,
    () => pick([true, false]),
    () => pick([0, -1, 1.5, 1e300, 4_294_967_296, Number.MAX_SAFE_INTEGER, below(1_000)]),
    () => pick(["", "0x", "0x0", "0xzz", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]),
    () => hex(random, pick([1, 2, 31, 32, 33, 100])),
    () => "\u0000\ud800\u{1f600}".repeat(below(4)),
    () => ({ toString: 1, __proto__: null, constructor: "x" }),
  ];
  if (depth < 4) {
    kinds.push(() => Array.from({ length: below(5) }, () => value(random, depth + 1)));
    kinds.push(() => ({ [`k${below(9)}`]: value(random, depth + 1) }));
  }
  return pick(kinds)();
}

/** Methods that would only make the run long, cut the test's own line, or move the chain far. */
const LEFT_OUT = new Set([
  "dev_newBlocks",
  "dev_jump",
  "dev_dropConnections",
  "dev_delayAnswers",
  "dev_muteSubscriptions",
]);

function frame(random: Random, methods: readonly string[], id: number): string | Buffer {
  const { below, pick } = random;
  const params = () => Array.from({ length: below(5) }, () => value(random));
  const request = () => ({ jsonrpc: "2.0", id, method: pick(methods), params: params() });
  const kinds: (() => string | Buffer)[] = [
    () => JSON.stringify(request()),
    () => JSON.stringify({ ...request(), params: value(random) }),
    () => JSON.stringify({ ...request(), id: value(random), jsonrpc: value(random) }),
    () => JSON.stringify({ ...request(), method: value(random) }),
    () => JSON.stringify(Array.from({ length: below(6) }, request)),
    () => JSON.stringify(value(random)),
    () => JSON.stringify(request()).slice(0, below(60)),
    () => Buffer.from(Array.from({ length: below(80) }, () => below(256))),
    () => `${"[".repeat(below(3_000))}${"]".repeat(below(3_000))}`,
    () => `{"a":`.repeat(below(2_000)),
    () => JSON.stringify({ ...request(), id: undefined }),
  ];
  return pick(kinds)();
}

describe("the server", () => {
  it(`answers ${FRAMES} malformed frames and lives`, { timeout: 120_000 }, async () => {
    const faults: unknown[] = [];
    await using net = await startDevnet({
      preset: "empty",
      mode: "instant",
      beacon: false,
      finalityLag: 3,
      limits: { inFlight: 1_000_000 },
      onFault: (error) => faults.push(error),
    });
    const random = generator(SEED);
    let client = await Client.connect(net.url);
    const { methods } = await client.call<{ methods: string[] }>("rpc_methods");
    const fuzzed = methods.filter((name) => !LEFT_OUT.has(name));
    const binary = { binary: true };
    for (let sent = 0; sent < FRAMES; sent += WAVE) {
      if (client.socket.readyState !== client.socket.OPEN) client = await Client.connect(net.url);
      for (let i = 0; i < WAVE; i += 1) {
        const content = frame(random, fuzzed, sent + i + 1_000_000);
        if (typeof content === "string") client.socket.send(content);
        else client.socket.send(content, binary);
      }
      expect(await client.call("system_chain")).toBe("Bittensor");
      client.frames.length = 0;
    }
    expect(faults).toEqual([]);
    await client[Symbol.asyncDispose]();
  });

  it("closes the door on frames beyond its size, and lives", async () => {
    await using net = await startDevnet({ preset: "empty", mode: "manual", beacon: false });
    for (let i = 0; i < 3; i += 1) {
      const client = await Client.connect(net.url);
      client.socket.send(Buffer.alloc(17 * 1024 * 1024));
      await new Promise((resolve) => client.socket.once("close", resolve));
    }
    await using client = await Client.connect(net.url);
    expect(await client.call("system_chain")).toBe("Bittensor");
  });
});
