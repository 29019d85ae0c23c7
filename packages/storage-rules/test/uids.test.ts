import { createHash } from "node:crypto";
import { hotkeyOf, toBlockNumber, toHex, toNetuid, toRao, toUid } from "@neurond/primitives";
import {
  candidateHash,
  candidateUids,
  checkSelection,
  drawBlock,
  drawSeed,
  MersenneTwister,
  recordSelection,
  roundOf,
  SelectionRecord,
  selectUids,
} from "@neurond/storage-rules";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/selection.json" with { type: "json" };

const HASH = vectors.hash as `0x${string}`;
const range = (size: number) => Array.from({ length: size }, (_, uid) => toUid(uid));
const base = {
  netuid: toNetuid(21),
  block: toBlockNumber(3_000_000),
  blockHash: HASH,
  purpose: "challenge",
} as const;

describe("the draw of CPython", () => {
  test("starts from the published outputs of the twister", () => {
    const words = Array.from({ length: 8 }, (_, at) =>
      Number(`0x${HASH.slice(58 - 8 * at, 66 - 8 * at)}`),
    );
    const twister = new MersenneTwister(words);
    expect([1, 2, 3, 4].map(() => twister.next())).toEqual(vectors.outputs);
  });

  test.each(vectors.python)("of $count from $size is the one CPython makes for $hash", (vector) => {
    const { size, count, uids } = vector;
    const blockHash = vector.hash as `0x${string}`;
    const drawn = selectUids({
      ...base,
      rule: "python",
      blockHash,
      candidates: range(size),
      count,
    });
    expect(drawn).toEqual(uids);
  });
});

describe("the draw by SHA-256", () => {
  test("is the published one", () => {
    expect(toHex(drawSeed(base))).toBe(`0x${vectors.sha256.seed}`);
    const candidates = range(256);
    const drawn = selectUids({ ...base, rule: "sha256", candidates, count: 10 });
    expect(drawn).toEqual(vectors.sha256.uids);
  });

  test("differs by purpose, by validator and by subnet", () => {
    const validator = hotkeyOf(new Uint8Array(32).fill(1));
    const seeds = [
      drawSeed(base),
      drawSeed({ ...base, purpose: "store" }),
      drawSeed({ ...base, validator }),
      drawSeed({ ...base, netuid: toNetuid(22) }),
    ];
    expect(new Set(seeds.map(toHex)).size).toBe(4);
  });

  test("gives every miner its share", () => {
    const counts = new Map<number, number>();
    for (let block = 0; block < 2000; block += 1) {
      const selection = { ...base, block: toBlockNumber(block), rule: "sha256" } as const;
      for (const uid of selectUids({ ...selection, candidates: range(40), count: 4 })) {
        counts.set(uid, (counts.get(uid) ?? 0) + 1);
      }
    }
    // Expected 200 each with a standard deviation of 13.4; six of them away is no accident.
    for (const uid of range(40)) expect(Math.abs((counts.get(uid) ?? 0) - 200)).toBeLessThan(81);
  });
});

test("no rule draws a miner twice, a stranger, or more than there are", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("sha256" as const, "python" as const),
      fc.uniqueArray(fc.nat(65_535), { maxLength: 300 }),
      fc.nat(400),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (rule, uids, count, hash) => {
        const candidates = uids.sort((a, b) => a - b).map(toUid);
        const drawn = selectUids({ ...base, rule, blockHash: toHex(hash), candidates, count });
        expect(drawn.length).toBe(Math.min(count, candidates.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.every((uid) => candidates.includes(uid))).toBe(true);
      },
    ),
  );
});

test("candidates that do not ascend are refused, for one set must have one list", () => {
  const candidates = [toUid(3), toUid(1)];
  expect(() => selectUids({ ...base, rule: "sha256", candidates, count: 1 })).toThrow(/ascend/);
});

test("whoever serves is a candidate, unless it is a validator with more than the limit or left out", () => {
  const limit = toRao(500_000_000_000n);
  const neuron = (uid: number, change = {}) => ({
    uid: toUid(uid),
    validatorPermit: false,
    totalStake: toRao(0n),
    axon: {},
    ...change,
  });
  const neurons = [
    neuron(5),
    neuron(0),
    neuron(1, { axon: undefined }),
    neuron(2, { validatorPermit: true, totalStake: toRao(500_000_000_001n) }),
    neuron(3, { validatorPermit: true, totalStake: limit }),
    neuron(4, { totalStake: toRao(900_000_000_000n) }),
    neuron(6),
  ];
  const uids = candidateUids(neurons, { vpermitLimit: limit, excluded: [toUid(6)] });
  expect(uids).toEqual([0, 3, 4, 5]);
});

test("the hash of candidates is that of their two-byte numbers", () => {
  const expected = createHash("sha256").update(Buffer.from("0001ffff", "hex")).digest("hex");
  expect(candidateHash([1, 65_535])).toBe(`0x${expected}`);
});

test("a round is three blocks, and its first decides", () => {
  expect([9, 10, 11, 12].map((block) => roundOf(toBlockNumber(block)))).toEqual([3, 3, 3, 4]);
  expect(drawBlock(toBlockNumber(11))).toBe(9);
  expect(drawBlock(toBlockNumber(11), 5)).toBe(10);
});

describe("a record of a selection", () => {
  const candidates = range(50).slice(1);
  const selection = { ...base, rule: "sha256", candidates, count: 10 } as const;
  const record = recordSelection(selection, { blocksPerStep: 3, excluded: [toUid(0)] });
  const facts = { blockHash: HASH, candidates: range(50) };

  test("holds, by itself and against the chain, after a journey through JSON", () => {
    const read = SelectionRecord.parse(JSON.parse(JSON.stringify(record)));
    expect(checkSelection(read)).toBeNull();
    expect(checkSelection(read, facts)).toBeNull();
  });

  test.each([
    ["ROUND", { block: 3_000_001 }],
    ["CANDIDATES", { candidates: [2, 1] }],
    ["CANDIDATES", { excluded: [7] }],
    ["CANDIDATES_HASH", { candidates: candidates.slice(1) }],
    ["VALIDATOR", { validator: "5Nobody" }],
    ["UIDS", { uids: [...record.uids].reverse() }],
    ["UIDS", { purpose: "store" as const }],
    ["UIDS", { rule: "python" as const }],
    ["UIDS", { netuid: 22 }],
    ["UIDS", { k: 9 }],
  ])("is refused for %s", (fault, change) => {
    expect(checkSelection({ ...record, ...change })).toBe(fault);
  });

  test("is refused when the chain had another hash, or a candidate nobody excluded", () => {
    expect(checkSelection(record, { ...facts, blockHash: `0x${"11".repeat(32)}` })).toBe(
      "BLOCK_HASH",
    );
    expect(checkSelection(record, { ...facts, candidates: range(51) })).toBe("CHAIN_CANDIDATES");
  });
});
