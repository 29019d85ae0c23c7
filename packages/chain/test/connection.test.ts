import { isCoded, toBlockNumber } from "@neurond/primitives";
import { rejectionCode } from "@neurond/testing/coded";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Chain, type ConnectOptions, connectChain } from "../src/index.ts";
import { FakeNode } from "./support/fake-node.ts";

/** Quick enough for a test, slow enough for a busy machine. */
const QUICK = {
  timeoutMs: 2_000,
  openTimeoutMs: 400,
  probeMs: 40,
  probeTimeoutMs: 200,
  stallMs: 0,
  backoffMs: { first: 5, longest: 20 },
};

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

async function node(): Promise<FakeNode> {
  const started = await FakeNode.start();
  open.push(started);
  return started;
}

async function connect(nodes: readonly FakeNode[], more: Partial<ConnectOptions> = {}) {
  const chain = await connectChain({ ...QUICK, endpoints: nodes.map(({ url }) => url), ...more });
  open.push(chain);
  return chain;
}

const now = (chain: Chain) => chain.storage("Timestamp", "Now");
const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 3_000, interval: 5 });

describe("starting", () => {
  test("an endpoint that is no websocket URL is refused by name", async () => {
    expect(await rejectionCode(connectChain({ endpoints: ["http://127.0.0.1:1"] }))).toBe(
      "ENDPOINT_INVALID",
    );
    expect(await rejectionCode(connectChain({ endpoints: [] }))).toBe("ENDPOINT_INVALID");
  });

  test("with every endpoint down it gives up at the deadline and says why", async () => {
    const started = connectChain({ ...QUICK, endpoints: ["ws://127.0.0.1:1"], timeoutMs: 200 });
    const error = await started.catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "ENDPOINTS_EXHAUSTED",
      cause: { code: "ENDPOINT_UNREACHABLE" },
    });
  });

  test("an endpoint that is down is skipped", async () => {
    const alive = await node();
    const chain = await connectChain({ ...QUICK, endpoints: ["ws://127.0.0.1:1", alive.url] });
    open.push(chain);
    expect(chain.status().endpoint).toBe(alive.url);
  });

  test("an endpoint that accepts but never answers is left for the next", async () => {
    const [mute, alive] = [await node(), await node()];
    mute.hung = true;
    const chain = await connect([mute, alive]);
    expect(chain.status()).toMatchObject({ endpoint: alive.url, connected: true });
    expect(chain.status().lastError).toMatchObject({ code: "CONNECTION_STALLED" });
  });

  test.each(["<html>502</html>", "[]", '{"id":1}', "null", new Uint8Array([1, 2, 3])])(
    "an endpoint that answers %s is left for the next",
    async (garbage) => {
      const [odd, alive] = [await node(), await node()];
      odd.garbage = garbage;
      const chain = await connect([odd, alive]);
      expect(chain.status().endpoint).toBe(alive.url);
      expect(chain.status().lastError).toMatchObject({ code: "RPC_MALFORMED" });
    },
  );

  test("an aborted start leaves no socket", async () => {
    const slow = await node();
    slow.hung = true;
    const controller = new AbortController();
    const started = connectChain({ ...QUICK, endpoints: [slow.url] }, controller.signal);
    await until(() => slow.openSockets === 1);
    controller.abort();
    await expect(started).rejects.toMatchObject({ name: "AbortError" });
    await until(() => slow.openSockets === 0);
  });
});

describe("a second endpoint of another chain", () => {
  test("is refused, because weights for one chain must not reach another", async () => {
    const [first, other] = [await node(), await node()];
    other.genesis = `0x${"ab".repeat(32)}`;
    const chain = await connect([first, other]);
    first.drop();
    await until(() => other.connections > 0);
    await until(() => chain.status().connected);
    expect(chain.status().endpoint).toBe(first.url);
  });

  test("with nothing but wrong chains the caller learns it at once", async () => {
    const wrong = await node();
    const genesisHash = `0x${"cd".repeat(32)}` as const;
    const started = connectChain({ ...QUICK, endpoints: [wrong.url], genesisHash });
    expect(await rejectionCode(started)).toBe("ENDPOINT_WRONG_CHAIN");
  });
});

describe("a call", () => {
  test("dropped with the connection is repeated on the next one", async () => {
    const served = await node();
    const chain = await connect([served]);
    let dropped = false;
    served.answers.set("state_getStorage", () => {
      if (!dropped) served.drop();
      dropped = true;
      return null;
    });
    expect(await now(chain)).toBe(0n);
    expect(chain.status().connections).toBe(2);
  });

  test("that is never answered ends at its deadline", async () => {
    const served = await node();
    const chain = await connect([served], { probeTimeoutMs: 5_000 });
    served.hung = true;
    const limited = chain.storage("Timestamp", "Now", [], { timeoutMs: 100 });
    expect(await rejectionCode(limited)).toBe("DEADLINE_EXCEEDED");
  });

  test("ends with its signal", async () => {
    const served = await node();
    const chain = await connect([served]);
    served.hung = true;
    const controller = new AbortController();
    const waiting = chain.head({ signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });

  test("answered with nonsense changes endpoint", async () => {
    const [odd, alive] = [await node(), await node()];
    const chain = await connect([odd, alive]);
    odd.answers.set("state_getStorage", () => "not hex");
    expect(await now(chain)).toBe(0n);
    expect(chain.status().endpoint).toBe(alive.url);
  });

  test.each([
    [
      { code: 4003, message: "Client error: UnknownBlock: State already discarded for 0x00" },
      "STATE_DISCARDED",
    ],
    [{ code: 4003, message: "Client error: UnknownBlock: Header was not found" }, "BLOCK_UNKNOWN"],
    [{ code: -32029, message: "Too many requests" }, "RPC_LIMITED"],
    [{ code: -32000, message: "internal" }, "RPC_REFUSED"],
  ])("the node's error %o has a code of its own", async (error, code) => {
    const served = await node();
    const chain = await connect([served]);
    served.answers.set("state_getStorage", () => ({ error }));
    expect(await rejectionCode(now(chain))).toBe(code);
  });

  test("answered with any JSON at all ends in a value or a code, never in anything else", async () => {
    const served = await node();
    const chain = await connect([served], { backoffMs: { first: 1, longest: 1 } });
    const methods = ["chain_getHeader", "state_getStorage", "state_getRuntimeVersion"];
    const answers = fc.tuple(fc.constantFrom(...methods), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(answers, async ([method, value]) => {
        served.advance();
        served.answers.set(method, () => value);
        const ended = await chain
          .storage("Timestamp", "Now", [], { timeoutMs: 40 })
          .catch((error: unknown) => error);
        served.answers.clear();
        expect(typeof ended === "bigint" || isCoded(ended)).toBe(true);
        await chain.head();
      }),
      { numRuns: 50 },
    );
  });

  test("of an item the runtime lacks is refused by name", async () => {
    const chain = await connect([await node()]);
    expect(await rejectionCode(chain.storage("SubtensorModule", "Weights", [1, 2]))).toBe(
      "RUNTIME_UNSUPPORTED",
    );
  });

  test("after closing is refused", async () => {
    const chain = await connect([await node()]);
    await chain[Symbol.asyncDispose]();
    expect(await rejectionCode(chain.head())).toBe("CHAIN_CLOSED");
  });
});

describe("the heartbeat", () => {
  test("an endpoint that stops answering with its socket open is left", async () => {
    const [first, second] = [await node(), await node()];
    const chain = await connect([first, second]);
    first.hung = true;
    await until(() => chain.status().endpoint === second.url);
    expect(chain.status().lastError).toMatchObject({ code: "CONNECTION_STALLED" });
    await until(() => first.openSockets === 0);
  });

  test("an endpoint whose chain stands still is left", async () => {
    const [first, second] = [await node(), await node()];
    const chain = await connect([first, second], { stallMs: 100 });
    await until(() => second.connections > 0);
    expect(chain.status().lastError).toMatchObject({ code: "CONNECTION_STALLED" });
  });

  test("a head subscription that fell silent is noticed", async () => {
    const [first, second] = [await node(), await node()];
    const chain = await connect([first, second]);
    first.muted = true;
    const growing = setInterval(() => first.advance(first.height + 5), 10);
    await until(() => chain.status().endpoint === second.url);
    clearInterval(growing);
    expect(chain.status().lastError?.message).toContain("no longer announced");
  });

  test("a chain that makes blocks on demand is not taken for dead", async () => {
    const served = await node();
    const chain = await connect([served]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(chain.status()).toMatchObject({ connections: 1, connected: true, stalled: false });
  });
});

describe("heads", () => {
  test("a fall in height is reported and survived", async () => {
    const served = await node();
    const chain = await connect([served]);
    const controller = new AbortController();
    const heads = chain.watchHeads({ signal: controller.signal })[Symbol.asyncIterator]();
    expect((await heads.next()).value).toMatchObject({ number: 10 });
    served.advance(4);
    expect((await heads.next()).value).toMatchObject({ number: 4, fellBackFrom: 10 });
    served.advance();
    const { value } = await heads.next();
    expect(value).toMatchObject({ number: 5 });
    expect(value).not.toHaveProperty("fellBackFrom");
    expect(chain.status().fallbacks).toBe(1);
    controller.abort();
    await expect(heads.next()).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a slow reader skips blocks instead of queueing them", async () => {
    const served = await node();
    const chain = await connect([served]);
    const heads = chain.watchHeads()[Symbol.asyncIterator]();
    await heads.next();
    for (let height = 11; height <= 30; height++) served.advance(height);
    await until(() => chain.status().best?.number === 30);
    expect((await heads.next()).value).toMatchObject({ number: 30 });
  });

  test("watching goes on over a new connection", async () => {
    const served = await node();
    const chain = await connect([served]);
    const heads = chain.watchHeads()[Symbol.asyncIterator]();
    await heads.next();
    served.drop();
    await until(() => served.connections === 2 && served.subscriberCount === 1);
    served.advance(11);
    expect((await heads.next()).value).toMatchObject({ number: 11 });
  });

  test("closing ends a watcher", async () => {
    const chain = await connect([await node()]);
    const heads = chain.watchHeads()[Symbol.asyncIterator]();
    await heads.next();
    const waiting = heads.next();
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: "CHAIN_CLOSED" }),
      chain[Symbol.asyncDispose](),
    ]);
  });
});

describe("the runtime", () => {
  test("upgraded while connected is read with its own types from the next block on", async () => {
    const served = await node();
    const chain = await connect([served]);
    served.answers.set("state_getStorage", () => "0x0100000000000000");
    expect(await now(chain)).toBe(1n);
    const { smallMetadata } = await import("./support/small-metadata.ts");
    served.specVersion = 2;
    served.metadata = smallMetadata("u32");
    served.answers.set("state_getStorage", () => "0x02000000");
    served.advance();
    expect(await now(chain)).toBe(2);
  });

  test("is fetched once, not with every connection", async () => {
    const served = await node();
    const chain = await connect([served]);
    served.drop();
    await until(() => chain.status().connections === 2);
    expect(served.requests.filter((method) => method === "state_getMetadata")).toHaveLength(1);
  });
});

describe("what is left behind", () => {
  test("a connection of age is replaced without a failing call", async () => {
    const served = await node();
    const chain = await connect([served], { recycleMs: 60 });
    const failures: unknown[] = [];
    while (chain.status().connections < 5) {
      await now(chain).catch((error: unknown) => failures.push(error));
    }
    expect(failures).toEqual([]);
    await until(() => served.openSockets <= 2);
  });

  test("twenty clients opened, dropped and closed leave no socket and no timer", async () => {
    const served = await node();
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    for (let round = 0; round < 20; round++) {
      const chain = await connectChain({ ...QUICK, endpoints: [served.url] });
      const heads = chain.watchHeads()[Symbol.asyncIterator]();
      await heads.next();
      if (round % 2 === 0) served.drop();
      await chain[Symbol.asyncDispose]();
    }
    await until(() => served.openSockets === 0);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test("a block that the node does not have is a coded error", async () => {
    const served = await node();
    const chain = await connect([served]);
    served.answers.set("chain_getBlockHash", () => null);
    expect(await rejectionCode(chain.head({ at: toBlockNumber(99) }))).toBe("BLOCK_UNKNOWN");
    expect(await chain.blockHash(toBlockNumber(99))).toBeUndefined();
  });
});
