import { createHash } from "node:crypto";
import { hotkeyOf, toUid } from "@neurond/primitives";
import type { SendTask } from "@neurond/workload/io";
import { expect, test } from "vitest";
import { ChallengeMessage } from "../../io/challenge-message.ts";
import { heldEntries } from "../../io/held-inventory.ts";
import { type ProberOptions, type SilenceReason, storageProber } from "../../io/prober.ts";
import { storageResponder } from "../../io/responder.ts";
import { ShardStore } from "../../io/shard-store.ts";
import { buildAnswer, InventoryTree, type SampleTask, samplePositions } from "../../src/index.ts";
import { dataNamed, MemoryShards } from "../test-data.ts";
import { MINER, OTHER_MINER, VALIDATOR, World } from "../world.ts";
import { arriving, PARTIES, receiptFor, rejection, temporaryDirectory } from "./files.ts";

const world = new World([300_000, 4096, 70_001, 20]);
const task = world.task();
const neuron = { hotkey: hotkeyOf(MINER.publicKey), uid: toUid(3), url: "http://127.0.0.1:1" };
const never = new AbortController().signal;

const respond = storageResponder({
  miner: neuron.hotkey,
  sign: (digest) => MINER.sign(digest),
  shards: new MemoryShards(world.shards),
  inventoryOf: async () => world.tree,
});

const serve: SendTask = async ({ body, signal }) => {
  const message = ChallengeMessage.parse(JSON.parse(Buffer.from(body).toString()));
  return { status: 200, body: await respond(message, signal) };
};

/** Probes through `send`; what it comes to, and why it counts as silence. */
async function probe(send: SendTask, options: Partial<ProberOptions> = {}, asked = task) {
  const reasons: SilenceReason[] = [];
  const prober = storageProber({
    send,
    sign: (digest) => VALIDATOR.sign(digest),
    onSilence: (_, reason) => reasons.push(reason),
    ...options,
  });
  return { evidence: await prober(neuron, asked, never), reasons };
}

test("what comes back from a miner passes", async () => {
  const { evidence } = await probe(serve);
  if (evidence === "offline") throw new Error("the miner answered");
  expect(world.workload().verify(task, evidence)).toEqual({ kind: "passed" });
});

test("a miner that lost a leaf is failed by its own signature", async () => {
  const lossy = world.shards.map(({ entry, sealed }) => ({
    entry,
    sealed: dataNamed("lost", sealed.length),
  }));
  const answering = storageResponder({
    miner: neuron.hotkey,
    sign: (digest) => MINER.sign(digest),
    shards: new MemoryShards(lossy),
    inventoryOf: async () => world.tree,
  });
  const { evidence } = await probe(async ({ body, signal }) => {
    const message = ChallengeMessage.parse(JSON.parse(Buffer.from(body).toString()));
    return { status: 200, body: await answering(message, signal) };
  });
  if (evidence === "offline") throw new Error("the miner answered");
  expect(world.workload().verify(task, evidence)).toEqual({ kind: "failed", reason: "SHARD_ROOT" });
});

const silences: readonly [SilenceReason, SendTask][] = [
  ["NO_ANSWER", async () => Promise.reject(new Error("ECONNREFUSED"))],
  ["STATUS", async () => ({ status: 503, body: new Uint8Array(100) })],
  ["TOO_SHORT", async () => ({ status: 200, body: new Uint8Array(63) })],
  ["UNSIGNED", async () => ({ status: 200, body: new Uint8Array(5000) })],
  [
    "UNSIGNED",
    async (request) => {
      const { status, body } = await serve(request);
      return { status, body: Uint8Array.from([...body, 0]) };
    },
  ],
];

test.each(silences)("%s counts as offline", async (reason, send) => {
  expect(await probe(send)).toEqual({ evidence: "offline", reasons: [reason] });
});

test("an answer after the deadline, or a miner without endpoint, counts as offline", async () => {
  const times = [0, task.deadline_ms + 1];
  const late = await probe(serve, { now: () => times.shift() ?? 0 });
  expect(late).toEqual({ evidence: "offline", reasons: ["LATE"] });
  const prober = storageProber({ send: serve, sign: (digest) => VALIDATOR.sign(digest) });
  for (const url of [null, "", "not a url"]) {
    expect(await prober({ ...neuron, url }, task, never)).toBe("offline");
  }
});

test("the prober bounds time and size, and gives up when it is told to", async () => {
  let asked: Parameters<SendTask>[0] | undefined;
  await probe(async (request) => {
    asked = request;
    return serve(request);
  });
  expect(asked?.timeoutMs).toBe(10_000);
  expect(asked?.maxAnswerBytes).toBeLessThan(130_000);
  const prober = storageProber({
    send: async ({ signal }) => Promise.reject(signal.reason),
    sign: (digest) => VALIDATOR.sign(digest),
  });
  expect(await rejection(prober(neuron, task, AbortSignal.abort(new Error("stopped"))))).toEqual(
    new Error("stopped"),
  );
});

test("a miner works only on challenges that are its own and signed", async () => {
  const signature = VALIDATOR.sign(new Uint8Array(32));
  const hex = `0x${Buffer.from(signature).toString("hex")}`;
  const foreign: SampleTask = { ...task, miner: hotkeyOf(OTHER_MINER.publicKey) };
  expect(await rejection(respond({ task: foreign, signature: hex }, never))).toBe(
    "CHALLENGE_REFUSED",
  );
  expect(await rejection(respond({ task, signature: hex }, never))).toBe("CHALLENGE_REFUSED");
});

test("a miner does not answer for a list it does not know", async () => {
  const stranger = storageResponder({
    miner: neuron.hotkey,
    sign: (digest) => MINER.sign(digest),
    shards: new MemoryShards([]),
    inventoryOf: async () => new InventoryTree([...world.tree.entries].slice(1)),
  });
  const code = await new Promise((resolve) => {
    void probe(async ({ body, signal }) => {
      const message = ChallengeMessage.parse(JSON.parse(Buffer.from(body).toString()));
      resolve(await rejection(stranger(message, signal)));
      return { status: 409, body: new Uint8Array() };
    });
  });
  expect(code).toBe("INVENTORY_UNKNOWN");
});

test("answers from disk equal answers from memory, for every edge of leaves and groups", async () => {
  await using directory = await temporaryDirectory();
  const store = await ShardStore.open({ directory: directory.path });
  const sizes = [1, 4096, 65_535, 65_536, 65_537, 69_633, 135_000, 1_000_000];
  const shards = sizes.map((size, at) => {
    const sealed = dataNamed(`disk/${at}`, size);
    return { sealed, signed: receiptFor(`disk/${at}`, sealed) };
  });
  for (const { sealed, signed } of shards) await store.accept(signed, arriving(sealed, 65_536));
  const entries = heldEntries(store.list(), PARTIES.validator, 500);
  const tree = new InventoryTree(entries);
  const memory = new MemoryShards(
    shards.map(({ sealed, signed }) => ({ entry: signed.receipt, sealed })),
  );
  for (let n = 0; n < 50; n += 1) {
    const seed = createHash("sha256").update(`${n}`).digest();
    const positions = samplePositions(seed, tree.total, 1 + n);
    const [fromDisk, fromMemory] = [
      await buildAnswer(tree, positions, store),
      await buildAnswer(tree, positions, memory),
    ];
    expect(Buffer.compare(fromDisk, fromMemory)).toBe(0);
  }
  // Another validator's, or a block before or after the receipts' time.
  expect(heldEntries(store.list(), neuron.hotkey, 500)).toEqual([]);
  expect(heldEntries(store.list(), PARTIES.validator, 99)).toEqual([]);
  expect(heldEntries(store.list(), PARTIES.validator, 1000)).toEqual([]);
});
