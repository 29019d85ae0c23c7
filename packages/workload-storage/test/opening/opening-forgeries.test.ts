import { encodeScalar, pedersenSuite } from "@neurond/crypto";
import { fromHex, hotkeyOf, toHex } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { challengeSeed, receiptDigest, receiptOf, recordSignedReceipt } from "../../src/index.ts";
import {
  judgeOpening,
  makeOpeningTask,
  type OpeningEvidence,
  type OpeningTask,
  openingChallengeOf,
  verifyOpening,
  verifyOpenings,
} from "../../src/opening/index.ts";
import { OpeningTranscript } from "../../src/opening/transcript.ts";
import { signedAnswer } from "../slots.ts";
import { dataNamed, flipped } from "../test-data.ts";
import { OTHER_MINER, VALIDATOR } from "../world.ts";
import { type OpeningCase, OpeningWorld } from "./opening-world.ts";

const CASE: OpeningCase = { suite: 2, sectors: 4, size: 2000, wanted: 5 };
const world = await OpeningWorld.make(CASE);
const { task, seed, statement } = world;
const proof = world.prove();
const evidence: OpeningEvidence = signedAnswer(seed, proof);
const w = statement.suite.pointBytes;
const judge = (answer: Uint8Array) => judgeOpening(task, signedAnswer(seed, answer));
const failed = (reason: string) => ({ kind: "failed", reason });
const unknown = (reason: string) => ({ kind: "unknown", reason });

test("the honest proof passes: the forgeries below differ from it only where they say", () => {
  expect(judgeOpening(task, evidence)).toEqual({ kind: "passed" });
});

describe("forged proofs", () => {
  test("9: a byte more or less is LENGTH", () => {
    expect(judge(concatBytes(proof, new Uint8Array(1)))).toEqual(failed("LENGTH"));
    expect(judge(proof.subarray(1))).toEqual(failed("LENGTH"));
    expect(judge(new Uint8Array())).toEqual(failed("LENGTH"));
  });

  test("24: scalars at or above the order are SCALAR_RANGE", () => {
    const { order } = statement.suite;
    for (const at of [w, proof.length - 32]) {
      const scalar = BigInt(toHex(proof.subarray(at, at + 32)));
      for (const large of [scalar + order, order]) {
        const forged = Uint8Array.from(proof);
        forged.set(encodeScalar(large), at);
        expect(judge(forged)).toEqual(failed("SCALAR_RANGE"));
      }
    }
  });

  test("25: points that are none, of any place, are POINT_INVALID, before scalars are looked at", () => {
    const places = [0, w + 32, 2 * w + 32, 3 * w + 32, 4 * w + 32];
    for (const at of places) {
      for (const bytes of [new Uint8Array(w), new Uint8Array(w).fill(0xff)]) {
        const forged = Uint8Array.from(proof);
        forged.set(bytes, at);
        forged.fill(0xff, w, w + 32);
        expect(judge(forged)).toEqual(failed("POINT_INVALID"));
      }
    }
  });

  test("26: a proof under another seed, commitment, suite or block length is none", async () => {
    const under = async (change: Partial<OpeningCase>) => {
      const other = await OpeningWorld.make({ ...CASE, ...change });
      return verifyOpening(other.statement, proof);
    };
    expect(await under({ slot: 4 })).toBe("EQUATION");
    expect(await under({ hidden: true })).toBe("EQUATION");
    expect(await under({ size: 1999 })).toBe("EQUATION");
    expect(await under({ sectors: 8 })).toBe("LENGTH");
    expect(await under({ suite: 1 })).toBe("LENGTH");
  });

  test("27: a proof for the weights of another slot is EQUATION", async () => {
    const other = await OpeningWorld.make({ ...CASE, wanted: 1000, slot: 4 });
    const own = await OpeningWorld.make({ ...CASE, wanted: 1000 });
    expect(other.blocks).toEqual(own.blocks);
    expect(verifyOpening(own.statement, own.prove())).toBeNull();
    expect(verifyOpening(own.statement, other.prove())).toBe("EQUATION");
  });

  test("28: a mask computed from a challenge chosen first is EQUATION", () => {
    expect(judge(simulated(7n))).toEqual(failed("EQUATION"));
    expect(judge(simulated(0n))).toEqual(failed("EQUATION"));
  });

  test("data that are not there, or are others, are EQUATION", () => {
    const missing = world.blocks.map(({ length }) => new Uint8Array(length));
    const others = world.blocks.map(({ length }) => dataNamed("others", length));
    for (const blocks of [missing, others, world.blocks.toReversed()]) {
      expect(judge(world.prove(blocks))).toEqual(failed("EQUATION"));
    }
  });

  /** A proof that would hold if e were what its maker chose. */
  function simulated(e: bigint): Uint8Array {
    const { suite, sum } = statement;
    const { order } = suite;
    const z = [11n, 12n, 13n, 14n];
    const zeta = 15n;
    const mask = suite
      .sumOfGenerators(z)
      .plus(suite.blinder.times(zeta))
      .plus(sum.times((order - e) % order));
    const transcript = new OpeningTranscript(statement);
    transcript.mask(mask);
    transcript.blind(zeta);
    const parts = [mask.encode(), encodeScalar(zeta)];
    let [vector, generators] = [z, suite.generators(4)];
    while (vector.length > 1) {
      const half = vector.length / 2;
      const left = suite.sum(generators.slice(half), vector.slice(0, half));
      const right = suite.sum(generators.slice(0, half), vector.slice(half));
      const x = transcript.round(left, right);
      parts.push(left.encode(), right.encode());
      const high = generators.slice(half);
      generators = generators.slice(0, half).map((low, at) => low.times(x).plus(high[at] ?? low));
      const upper = vector.slice(half);
      vector = vector.slice(0, half).map((low, at) => (low + x * (upper[at] ?? 0n)) % order);
    }
    return concatBytes(...parts, encodeScalar(vector[0] ?? 0n));
  }
});

describe("records that say nothing of the miner", () => {
  const withTask = (change: Partial<OpeningTask>) => judgeOpening({ ...task, ...change }, evidence);

  test("32: a transcript under another miner, run or slot is SIGNATURE", () => {
    const others: Partial<OpeningTask>[] = [
      { miner: hotkeyOf(OTHER_MINER.publicKey) },
      { run: task.run + 1 },
      { slot: task.slot + 1 },
    ];
    for (const change of others) expect(withTask(change)).toEqual(unknown("SIGNATURE"));
  });

  test("32: an old answer signed again for another slot is EQUATION", async () => {
    const other = await OpeningWorld.make({ ...CASE, slot: 9 });
    const replayed = signedAnswer(other.seed, proof);
    expect(judgeOpening(other.task, replayed)).toEqual(failed("EQUATION"));
  });

  test("another beacon, a late answer and a forged signature are named", () => {
    const { beacon } = task;
    expect(withTask({ beacon: { ...beacon, digest: `0x${"00".repeat(32)}` } })).toEqual(
      unknown("BEACON"),
    );
    const late = { ...evidence, received_ms: evidence.sent_ms + task.deadline_ms + 1 };
    expect(judgeOpening(task, late)).toEqual(unknown("DEADLINE"));
    const forged = { ...evidence, answer_signature: evidence.challenge_signature };
    expect(judgeOpening(task, forged)).toEqual(unknown("SIGNATURE"));
  });

  test("a receipt unsigned, of another miner, or without a vector is RECEIPT_MISSING", () => {
    const { receipt } = task;
    const unsigned = { ...receipt, miner_signature: receipt.validator_signature };
    expect(withTask({ receipt: unsigned })).toEqual(unknown("RECEIPT_MISSING"));
    const theirs = { ...receiptOf(receipt.receipt), miner: hotkeyOf(OTHER_MINER.publicKey) };
    const digest = receiptDigest(theirs);
    const anothers = recordSignedReceipt({
      receipt: theirs,
      validatorSignature: VALIDATOR.sign(digest),
      minerSignature: OTHER_MINER.sign(digest),
    });
    expect(withTask({ receipt: anothers })).toEqual(unknown("RECEIPT_MISSING"));
    const { vector: _, ...plain } = receipt.receipt;
    expect(withTask({ receipt: { ...receipt, receipt: plain } })).toEqual(
      unknown("RECEIPT_MISSING"),
    );
  });

  test("commitments in another order, too few, or altered are COMMITMENT_PATH", () => {
    const { commitments } = task;
    const [first, ...rest] = commitments;
    if (first === undefined) throw new Error("a block is opened");
    const altered = { ...first, point: toHex(pedersenSuite(2).blinder.encode()) };
    for (const others of [commitments.toReversed(), rest, [altered, ...rest]]) {
      expect(withTask({ commitments: others })).toEqual(unknown("COMMITMENT_PATH"));
    }
  });
});

test("a batch finds the wrong proof among right ones of both suites and several lengths", async () => {
  const worlds = await Promise.all([
    world,
    OpeningWorld.make({ ...CASE, sectors: 16, slot: 5 }),
    OpeningWorld.make({ ...CASE, suite: 1, slot: 6 }),
  ]);
  const claimed = worlds.map((each) => ({ statement: each.statement, proof: each.prove() }));
  expect(verifyOpenings(claimed)).toEqual([null, null, null]);
  expect(verifyOpenings([])).toEqual([]);
  const bad = claimed.map((each, at) =>
    at === 1 ? { ...each, proof: flipped(each.proof, -1) } : each,
  );
  expect(verifyOpenings(bad)).toEqual([null, "EQUATION", null]);
  const short = claimed.map((each) => ({ ...each, proof: each.proof.subarray(1) }));
  expect(verifyOpenings(short)).toEqual(["LENGTH", "LENGTH", "LENGTH"]);
});

test("two faults that cancel without weights do not cancel in a batch", () => {
  const { order } = statement.suite;
  const z = BigInt(toHex(proof.subarray(-32)));
  const moved = (by: bigint) =>
    concatBytes(proof.subarray(0, -32), encodeScalar((z + by + order) % order));
  const claimed = [moved(1n), moved(-1n)].map((each) => ({ statement, proof: each }));
  expect(verifyOpenings(claimed)).toEqual(["EQUATION", "EQUATION"]);
});

test("no task is made of commitments that the receipt is not over", async () => {
  const { receipt, commitments, blocks, ...slot } = task;
  const { vector: _, ...plain } = receipt.receipt;
  const points = commitments.map(({ point }) => fromHex(point));
  for (const subject of [
    { receipt, commitments: points, blocks },
    { receipt: { ...receipt, receipt: plain }, commitments: points, blocks },
  ]) {
    await expect(makeOpeningTask(slot, subject)).rejects.toMatchObject({ code: "PLAN_INVALID" });
  }
});

test("the challenge of a receipt without a vector is none", () => {
  const { vector: _, ...plain } = task.receipt.receipt;
  const without = { ...task, receipt: { ...task.receipt, receipt: plain } };
  expect(openingChallengeOf(without)).toBeNull();
  const challenge = openingChallengeOf(task);
  expect(challenge && toHex(challengeSeed(challenge))).toBe(toHex(seed));
});
