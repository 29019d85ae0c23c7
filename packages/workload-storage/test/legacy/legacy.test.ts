import { merkleRoot, RFC6962 } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { p256 } from "@noble/curves/nist.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  acceptsLegacyChallenge,
  acceptsLegacyRetrieval,
  answerLegacyChallenge,
  type LegacyAnswer,
  type LegacyChallenge,
} from "../../src/legacy/answer.ts";
import { legacyCommit } from "../../src/legacy/commit.ts";
import { hashData, legacyFileId } from "../../src/legacy/hash-data.ts";
import {
  legacyMerkleProof,
  legacyMerkleRoot,
  verifyLegacyMerkle,
} from "../../src/legacy/merkle.ts";
import { decodeLegacyPoint, encodeLegacyPoint } from "../../src/legacy/point-text.ts";
import { judgeOpening } from "../../src/opening/index.ts";
import { judgeToken } from "../../src/token/index.ts";
import { OpeningWorld } from "../opening/opening-world.ts";
import { signedAnswer } from "../slots.ts";
import { dataNamed, heldShard, identNamed } from "../test-data.ts";
import { TokenWorld } from "../token/token-world.ts";
import { World } from "../world.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => toHex(bytes).slice(2);
const { Point } = p256;

describe("published values", () => {
  test("identifiers of data and files", () => {
    expect(String(hashData(ascii("filetao")))).toBe(
      "10452482978985143649811726337599923632298439716093053722476338088517550481551",
    );
    expect(legacyFileId(ascii("filetao"))).toBe(
      "bafkreie4ugpt5ybmdb3umazcgntrg22f7thmnfqyxwrhyj3joykvbkgmia",
    );
  });

  const leaves = ["aa", "bb", "cc", "dd", "ee"].map((leaf) => fromHex(leaf));

  test("the tree without prefixes, its proofs, and the same leaves in a sound tree", () => {
    expect(hex(legacyMerkleRoot(leaves))).toBe(
      "0d262785f309975eabdae23d5fc7b8d545e11c186897e18bcc43360fb690f4c2",
    );
    expect(legacyMerkleProof(leaves, 2)).toEqual([
      { right: fromHex("dd") },
      { left: fromHex("f60f0c63a0f4b8d3ff5e6b997933f3d12007cc6201c2c4f7b88e11cdf8f951ae") },
      { right: fromHex("ee") },
    ]);
    expect(legacyMerkleProof(leaves, 4)).toEqual([
      { left: fromHex("918ffe0fe9e09b34f571a3442056c5fc67fd1b6e927234d6b864732243309e85") },
    ]);
    expect(hex(merkleRoot(RFC6962, leaves.map(RFC6962.leaf)))).toBe(
      "d3fb07a3e7c48d1710a4006bbedaed70d9f6f31a65e4a2c83ba2b3a2f6394462",
    );
  });

  test("every leaf is proved, and a node passes for a leaf", () => {
    const root = legacyMerkleRoot(leaves);
    for (const [index, leaf] of leaves.entries()) {
      expect(verifyLegacyMerkle(leaf, legacyMerkleProof(leaves, index), root)).toBe(true);
      expect(verifyLegacyMerkle(fromHex("ff"), legacyMerkleProof(leaves, index), root)).toBe(false);
    }
    const [, ...above] = legacyMerkleProof(leaves, 0);
    const node = legacyMerkleRoot(leaves.slice(0, 2));
    expect(verifyLegacyMerkle(node, above, root)).toBe(true);
  });
});

test("points are read as they were written; the identity too, and nothing off the curve", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: Point.Fn.ORDER - 1n }), (scalar) => {
      const text = encodeLegacyPoint(Point.BASE.multiplyUnsafe(scalar));
      expect(decodeLegacyPoint(text)?.equals(Point.BASE.multiplyUnsafe(scalar))).toBe(true);
    }),
    { numRuns: 20 },
  );
  expect(encodeLegacyPoint(Point.ZERO)).toBe(bytesToHex(ascii("0,0")));
  expect(decodeLegacyPoint(bytesToHex(ascii("0,0")))?.is0()).toBe(true);
  for (const text of ["1,1", "1", "1,2,3", "x,y", "-1,2", ""]) {
    expect(decodeLegacyPoint(bytesToHex(ascii(text)))).toBeNull();
  }
  expect(decodeLegacyPoint("zz")).toBeNull();
});

const seed = "5eed".repeat(16);
/** Generators as a validator makes them: it knows both logarithms. */
const [gSecret, hSecret] = [0x1234_5678n, 0x9abc_def0n];
const challenge: LegacyChallenge = {
  g: Point.BASE.multiplyUnsafe(gSecret),
  h: Point.BASE.multiplyUnsafe(hSecret),
  seed,
  chunkBytes: 300,
  chunk: 2,
};
const randomness = () => 2n ** 256n;

test("the original system accepts a miner that has the data", () => {
  const data = dataNamed("legacy", 1000);
  const answer = answerLegacyChallenge(data, "0".repeat(64), challenge, randomness);
  expect(acceptsLegacyChallenge(challenge, answer)).toBe(true);
  const altered = { ...answer, chunk: answer.chunk.subarray(1) };
  expect(acceptsLegacyChallenge(challenge, altered)).toBe(false);
  expect(acceptsLegacyChallenge(challenge, { ...answer, commitmentHash: "1" })).toBe(false);
});

test("a chunk number past the end fails an honest miner", () => {
  const past = { ...challenge, chunk: 4 };
  expect(() => answerLegacyChallenge(dataNamed("legacy", 1000), "", past, randomness)).toThrow(
    RangeError,
  );
});

/** What a program sends that never stored anything. */
function inventedAnswer(): LegacyAnswer {
  const chunk = ascii("thirteen more");
  const point = legacyCommit(challenge, Uint8Array.from([...chunk, ...ascii(seed)]), 1n);
  const commitment = encodeLegacyPoint(point);
  return {
    commitmentProof: "1",
    commitmentHash: String(hashData(ascii(`1${seed}`))),
    commitment,
    chunk,
    randomness: 1n,
    merkleProof: [],
    merkleRoot: Uint8Array.from(Buffer.from(commitment, "hex")),
  };
}

test("the original system accepts a miner without data, for challenges and retrievals", () => {
  expect(acceptsLegacyChallenge(challenge, inventedAnswer())).toBe(true);
  expect(acceptsLegacyRetrieval(seed, inventedAnswer())).toBe(true);
});

test("who made the generators opens a commitment to a second message", () => {
  const [first, second] = [ascii("what was stored"), ascii("something else")];
  const { ORDER } = Point.Fn;
  const commitment = legacyCommit(challenge, first, 77n);
  const inverse = Point.Fn.inv(hSecret);
  const shift = (hashData(first) - hashData(second)) * gSecret * inverse;
  const other = (((77n + shift) % ORDER) + ORDER) % ORDER;
  expect(legacyCommit(challenge, second, other).equals(commitment)).toBe(true);
});

describe("a miner without data, in our modes", () => {
  const invented = (length: number) => dataNamed("invented", length);

  test("sample is SHARD_ROOT", async () => {
    const world = new World([20_000, 5000]);
    const task = world.task({ slots: 1, samples: 6, deadlineMs: 10_000 });
    const shards = world.shards.map(({ entry, sealed }) => ({
      ...heldShard(entry.shardId, sealed),
      sealed: invented(sealed.length),
    }));
    world.shards.splice(0, world.shards.length, ...shards);
    const evidence = world.evidence(task, await world.answer(task));
    expect(world.workload().verify(task, evidence)).toEqual({
      kind: "failed",
      reason: "SHARD_ROOT",
    });
  });

  test("opening is EQUATION", async () => {
    const world = await OpeningWorld.make({ suite: 2, sectors: 4, size: 2000, wanted: 3 });
    const proof = world.prove(world.blocks.map(({ length }) => invented(length)));
    expect(judgeOpening(world.task, signedAnswer(world.seed, proof))).toEqual({
      kind: "failed",
      reason: "EQUATION",
    });
  });

  test("token is ANSWER_MISMATCH", async () => {
    const world = new TokenWorld(1);
    const answer = world.answer(invented(world.sealed.length));
    for (const sent of [answer, identNamed("invented")]) {
      expect(judgeToken(world.task, await world.evidence(sent))).toEqual({
        kind: "failed",
        reason: "ANSWER_MISMATCH",
      });
    }
  });
});
