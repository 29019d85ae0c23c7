import { u64, verifySr25519Fast } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { sealBytes, sealKeyOf, shardIdOf } from "../src/file/index.ts";
import {
  answerDigest,
  type Beacon,
  beaconRound,
  buildAnswer,
  type Challenge,
  challengeOf,
  challengeSeed,
  checkAnchors,
  checkBeacon,
  ENTRY_BYTES,
  encodeEntry,
  InventoryTree,
  inventoryDigest,
  inventoryOfTask,
  isEquivocation,
  type SampleTask,
  type Statement,
  samplePositions,
  seedOfTask,
  verdictDigest,
  verifyAnswer,
} from "../src/index.ts";
import { entryNode, joinSums } from "../src/sum-node.ts";
import { dataNamed, flipped, heldShard, identNamed, MemoryShards } from "./test-data.ts";
import { BEACON, MINER, OTHER_MINER, VALIDATOR, World } from "./world.ts";

const SIZES = [20_000, 4096, 70_000, 1, 12_289, 30_000, 8192, 5000];
const world = new World(SIZES);
const PLAN = { slots: 1, samples: 6, deadlineMs: 10_000 };
const task = world.task(PLAN);
const honest = await world.answer(task);
const positions = samplePositions(seedOfTask(task), world.tree.total, task.samples);
const reader = new MemoryShards(world.shards);
const listed = new DataView(honest.buffer, honest.byteOffset).getUint32(0);
/** Where the first inventory node stands. */
const nodesAt = 4 + listed * (4 + ENTRY_BYTES);

function judge(answer: Uint8Array, asked: SampleTask = task) {
  const inventory = inventoryOfTask(asked);
  const drawn = samplePositions(seedOfTask(asked), inventory.total, asked.samples);
  return verifyAnswer({ ...inventory, positions: drawn, answer });
}

function withBytes(at: number, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(honest);
  copy.set(bytes, at);
  return copy;
}

test("the honest answer passes: the forgeries below differ from it only where they say", () => {
  expect(judge(honest)).toBeNull();
  expect(listed).toBeGreaterThan(1);
  expect(listed).toBeLessThan(SIZES.length);
});

describe("forged answers", () => {
  test("1: random bytes in place of leaves are SHARD_ROOT", async () => {
    const invented = world.shards.map(({ entry, sealed }) => ({
      entry,
      sealed: dataNamed("invented", sealed.length),
    }));
    const answer = await buildAnswer(world.tree, positions, new MemoryShards(invented));
    expect(judge(answer)).toBe("SHARD_ROOT");
  });

  test("2: right leaves of other positions are SHARD_ROOT or POSITION_MISSING", async () => {
    for (let shift = 1; shift < world.tree.total; shift += 1) {
      const others = positions.map((position) => (position + shift) % world.tree.total);
      const sorted = [...new Set(others)].sort((a, b) => a - b);
      if (String(sorted) === String(positions)) continue;
      const answer = await buildAnswer(world.tree, sorted, reader);
      expect(["SHARD_ROOT", "POSITION_MISSING", "ENTRY_UNUSED", "LENGTH"]).toContain(judge(answer));
    }
    const single = new World([20_000]);
    const asked = single.task({ ...PLAN, samples: 2 });
    const drawn = samplePositions(seedOfTask(asked), 5, 2);
    const others = [0, 1, 2, 3].filter((position) => !drawn.includes(position)).slice(0, 2);
    const answer = await buildAnswer(single.tree, others, new MemoryShards(single.shards));
    expect(judge(answer, asked)).toBe("SHARD_ROOT");
  });

  test("3: an entry of another size is INVENTORY_ROOT", () => {
    const sizeAt = 4 + 4 + 64;
    const size = new DataView(honest.buffer, honest.byteOffset + sizeAt).getBigUint64(0);
    expect(judge(withBytes(sizeAt, u64(size + 1n)))).toBe("INVENTORY_ROOT");
  });

  test("4: moved sums are INVENTORY_ROOT, also where they add up", () => {
    const sumAt = nodesAt + 32;
    const sum = new DataView(honest.buffer, honest.byteOffset + sumAt).getBigUint64(0);
    expect(judge(withBytes(sumAt, u64(sum + 1n)))).toBe("INVENTORY_ROOT");
    const other = sumAt + 40;
    const second = new DataView(honest.buffer, honest.byteOffset + other).getBigUint64(0);
    const compensated = withBytes(sumAt, u64(sum + 1n));
    compensated.set(u64(second - 1n), other);
    expect(["INVENTORY_ROOT", "SUM_RANGE"]).toContain(judge(compensated));
    const swapped = withBytes(sumAt, u64(sum + 1n));
    swapped.set(u64(second + 1n), other);
    expect(judge(swapped)).toBe("INVENTORY_ROOT");
  });

  test.each([0n, 2n ** 48n + 1n, 2n ** 63n, 2n ** 64n - 1n])(
    "5: a sum of %d is SUM_RANGE",
    (sum) => {
      expect(judge(withBytes(nodesAt + 32, u64(sum)))).toBe("SUM_RANGE");
    },
  );

  test("6: an honest entry without position is ENTRY_UNUSED", async () => {
    const wanted = new Set(positions.map((position) => world.tree.locate(position).index));
    const idle = SIZES.findIndex((_, index) => !wanted.has(index));
    const start = world.shards
      .slice(0, idle)
      .reduce((sum, { entry }) => sum + Math.ceil(entry.size / 4096), 0);
    const crowded = [...positions, start].sort((a, b) => a - b);
    const answer = await buildAnswer(world.tree, crowded, reader);
    expect(wanted.size).toBeLessThan(positions.length);
    expect(judge(answer)).toBe("ENTRY_UNUSED");
  });

  test("7: entries doubled, out of order or beyond the inventory are ENTRY_ORDER", () => {
    const width = 4 + ENTRY_BYTES;
    const first = honest.slice(4, 4 + width);
    const second = honest.slice(4 + width, 4 + 2 * width);
    expect(judge(withBytes(4 + width, first))).toBe("ENTRY_ORDER");
    expect(judge(withBytes(4, Uint8Array.from([...second, ...first])))).toBe("ENTRY_ORDER");
    expect(judge(withBytes(4, Uint8Array.of(0, 0, 0, SIZES.length)))).toBe("ENTRY_ORDER");
  });

  test("8: a leaf of the inventory shown as a leaf of a shard is SHARD_ROOT", () => {
    // An inventory's root as the root of a "shard" of 73 bytes, whose leaf is the entry's preimage.
    const entry = heldShard(identNamed("inner"), dataNamed("inner", 5000)).entry;
    const posing = {
      shardId: identNamed("posing"),
      root: entryNode(entry).hash,
      size: ENTRY_BYTES,
    };
    const tree = new InventoryTree([posing]);
    const answer = Uint8Array.from([
      ...[0, 0, 0, 1],
      ...[0, 0, 0, 0],
      ...encodeEntry(posing),
      ...encodeEntry(entry),
    ]);
    const claim = { count: 1, total: tree.total, hash: tree.hash, positions: [0], answer };
    expect(verifyAnswer(claim)).toBe("SHARD_ROOT");
  });

  test("8: a node of the inventory shown as its leaf is INVENTORY_ROOT", () => {
    const [one, other] = [1, 2].map((n) => heldShard(identNamed(`n${n}`), dataNamed("n", n)).entry);
    if (one === undefined || other === undefined) throw new Error("two entries were made");
    const node = joinSums(entryNode(one), entryNode(other));
    const answer = Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 0, ...encodeEntry(one), 1]);
    const claim = { count: 1, total: node.sum, hash: node.hash, positions: [0], answer };
    expect(verifyAnswer(claim)).toBe("INVENTORY_ROOT");
  });

  test("9: a byte more or less is LENGTH", () => {
    expect(judge(Uint8Array.from([...honest, 0]))).toBe("LENGTH");
    expect(judge(honest.subarray(0, -1))).toBe("LENGTH");
    expect(judge(new Uint8Array())).toBe("LENGTH");
  });

  test("37: one plain shard at two miners: the other's copy fails", async () => {
    const plain = dataNamed("plain", 50_000);
    const copies = [MINER, OTHER_MINER].map(({ publicKey }) => {
      const place = { fileId: identNamed("file"), segment: 0, index: 0, generation: 0 };
      const shardId = shardIdOf({ ...place, miner: hotkeyOf(publicKey) });
      return heldShard(shardId, sealBytes(sealKeyOf(identNamed("seal secret"), shardId), plain));
    });
    const [own, others] = copies;
    if (own === undefined || others === undefined) throw new Error("two copies were made");
    const tree = new InventoryTree([own.entry]);
    const cheat = new MemoryShards([{ entry: own.entry, sealed: others.sealed }]);
    const answer = await buildAnswer(tree, [3, 5], cheat);
    expect(
      verifyAnswer({ count: 1, total: tree.total, hash: tree.hash, positions: [3, 5], answer }),
    ).toBe("SHARD_ROOT");
  });
});

describe("forged records", () => {
  const workload = world.workload(PLAN);
  const evidence = world.evidence(task, honest);

  test("32: a transcript replayed in another run, slot or for another miner holds nowhere", async () => {
    const elsewhere: readonly SampleTask[] = [
      new World(SIZES, 8).task(PLAN),
      { ...task, slot: 1 },
      { ...task, miner: hotkeyOf(OTHER_MINER.publicKey) },
      { ...task, validator: hotkeyOf(OTHER_MINER.publicKey) },
      { ...task, prev_link: toHex(identNamed("other link")) },
    ];
    for (const other of elsewhere) {
      expect(workload.verify(other, evidence)).toEqual({ kind: "unknown", reason: "SIGNATURE" });
      expect(judge(honest, other)).not.toBeNull();
    }
  });

  test("32: an old answer signed anew is failed", async () => {
    const later = new World(SIZES, 8);
    const asked = later.task(PLAN);
    const outcome = later.workload(PLAN).verify(asked, later.evidence(asked, honest));
    expect(outcome.kind).toBe("failed");
  });

  test("33: a beacon that is not what it hashes is BEACON", () => {
    const other = { ...task.beacon, digest: toHex(identNamed("other beacon")) };
    expect(workload.verify({ ...task, beacon: other }, evidence)).toEqual({
      kind: "unknown",
      reason: "BEACON",
    });
  });

  test("33: stale beacons, wrong rounds and drand left out are BEACON", () => {
    const blockSeconds = 1_795_000_000;
    const facts = {
      kind: 1,
      block: 750,
      blockHash: identNamed("block"),
      blockSeconds,
      isRound: (round: number) => round === beaconRound(blockSeconds),
    } as const;
    const beacon: Beacon = {
      kind: 1,
      block: facts.block,
      blockHash: facts.blockHash,
      blockSeconds,
      round: beaconRound(blockSeconds),
      signature: new Uint8Array(48),
    };
    expect(checkBeacon(beacon, facts)).toBeNull();
    for (const forged of [
      { ...beacon, block: 749 },
      { ...beacon, blockHash: identNamed("orphaned block") },
      { ...beacon, blockSeconds: blockSeconds + 3 },
      { ...beacon, round: beacon.round + 1 },
      BEACON,
    ]) {
      expect(checkBeacon(forged, facts)).toBe("BEACON");
    }
    expect(checkBeacon(beacon, { ...facts, isRound: () => false })).toBe("BEACON");
    expect(checkBeacon(BEACON, { ...facts, kind: 0 })).toBeNull();
  });

  test("34: what was not on chain before the beacon is PREV_UNANCHORED or PLAN_UNANCHORED", () => {
    const anchors = { plan: 10, inventory: 20, prevLink: 30, beacon: 50 };
    expect(checkAnchors(anchors)).toBeNull();
    expect(checkAnchors({ ...anchors, prevLink: 50 })).toBe("PREV_UNANCHORED");
    expect(checkAnchors({ ...anchors, prevLink: null })).toBe("PREV_UNANCHORED");
    expect(checkAnchors({ ...anchors, inventory: 51 })).toBe("PREV_UNANCHORED");
    expect(checkAnchors({ ...anchors, plan: 50 })).toBe("PLAN_UNANCHORED");
  });

  test("late answers and clocks that run backwards are DEADLINE", () => {
    for (const received_ms of [evidence.sent_ms + 10_001, evidence.sent_ms - 1]) {
      const outcome = workload.verify(task, { ...evidence, received_ms });
      expect(outcome).toEqual({ kind: "unknown", reason: "DEADLINE" });
    }
  });
});

describe("35: two of a kind for one tuple are EQUIVOCATION", () => {
  const challenge = challengeOf(task);
  const other: Challenge = { ...challenge, prevLink: identNamed("other") };
  const inventory = inventoryOfTask(task);
  const [response, otherResponse] = [identNamed("one"), identNamed("two")];
  const claim = { response, verdict: 1, sentMs: 1, receivedMs: 2 } as const;
  const elsewhere = { ...challenge, slot: 1 };
  const pairs = {
    inventory: [
      { kind: "inventory", inventory },
      { kind: "inventory", inventory: { ...inventory, total: inventory.total + 1 } },
      { kind: "inventory", inventory: { ...inventory, run: 8, total: 1 } },
    ],
    challenge: [
      { kind: "challenge", challenge },
      { kind: "challenge", challenge: other },
      { kind: "challenge", challenge: elsewhere },
    ],
    answer: [
      { kind: "answer", challenge, response },
      { kind: "answer", challenge, response: otherResponse },
      { kind: "answer", challenge: elsewhere, response: otherResponse },
    ],
    verdict: [
      { kind: "verdict", challenge, claim },
      { kind: "verdict", challenge, claim: { ...claim, verdict: 0 } },
      { kind: "verdict", challenge: elsewhere, claim: { ...claim, verdict: 0 } },
    ],
  } as const;

  test.each(Object.entries(pairs))("%s", (kind, statements) => {
    const signer = kind === "answer" ? MINER : VALIDATOR;
    const signed = statements.map((statement) => ({
      statement,
      signature: signer.sign(digestOf(statement)),
    }));
    const [one, two, elsewhereSigned] = signed;
    if (!one || !two || !elsewhereSigned) throw new Error("three statements were made");
    expect(isEquivocation(one, two, verifySr25519Fast)).toBe(true);
    expect(isEquivocation(one, one, verifySr25519Fast)).toBe(false);
    expect(isEquivocation(one, elsewhereSigned, verifySr25519Fast)).toBe(false);
    const unsigned = { ...two, signature: flipped(two.signature, 3) };
    expect(isEquivocation(one, unsigned, verifySr25519Fast)).toBe(false);
  });
});

/** What the modes in common sign; grants and periods are tried with the sweeps. */
type Common = Exclude<Statement, { readonly kind: "grant" | "period" }>;

function digestOf(statement: Common): Uint8Array {
  if (statement.kind === "inventory") return inventoryDigest(statement.inventory);
  const challenge = challengeSeed(statement.challenge);
  if (statement.kind === "challenge") return challenge;
  if (statement.kind === "answer") return answerDigest(challenge, statement.response);
  return verdictDigest({ ...statement.claim, challenge });
}
