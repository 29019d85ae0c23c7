import { pedersenSuite, type SuiteId } from "@neurond/crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sectorValues } from "../../src/opening/blocks.ts";
import {
  blockBytes,
  isSectorCount,
  judgeOpening,
  OpeningEvidence,
  openingBytes,
  VectorCommitter,
  verifyOpening,
} from "../../src/opening/index.ts";
import { signedAnswer } from "../slots.ts";
import { dataNamed, flipped } from "../test-data.ts";
import { OpeningWorld } from "./opening-world.ts";

const suite = fc.constantFrom<SuiteId>(1, 2);
const sectors = fc.constantFrom(4, 8, 16);
/** Around the ends of blocks, where the last one is one byte, or whole. */
const size = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(-1, 0, 1), fc.constantFrom(124, 248, 4096))
  .map(([blocks, off, unit]) => Math.min(blocks * unit + off, 8193));
const opening = fc.record({
  suite,
  sectors,
  size,
  wanted: fc.integer({ min: 1, max: 6 }),
  hidden: fc.boolean(),
});

test("honest proofs of any shard verify, and one flipped bit of a drawn block fails", async () => {
  await fc.assert(
    fc.asyncProperty(opening, fc.nat(), fc.integer({ min: 0, max: 7 }), async (each, at, bit) => {
      const world = await OpeningWorld.make(each);
      const proof = world.prove();
      expect(proof.length).toBe(openingBytes(world.statement.suite, each.sectors));
      expect(judgeOpening(world.task, signedAnswer(world.seed, proof))).toEqual({ kind: "passed" });
      const which = at % world.blocks.length;
      const blocks = world.blocks.map((block, index) =>
        index === which ? flipped(block, at % block.length, 1 << bit) : block,
      );
      expect(verifyOpening(world.statement, world.prove(blocks))).toBe("EQUATION");
    }),
    { numRuns: 25 },
  );
}, 30_000);

describe.each([1, 2] satisfies SuiteId[])("suite %i", (id) => {
  test("no byte of a proof can be altered", async () => {
    const world = await OpeningWorld.make({ suite: id, sectors: 4, size: 500, wanted: 2 });
    const proof = world.prove();
    for (let at = 0; at < proof.length; at += 1) {
      expect(verifyOpening(world.statement, flipped(proof, at, 1 << (at % 8)))).not.toBeNull();
    }
  });

  test("fuzzed proofs never throw, and are judged", async () => {
    const world = await OpeningWorld.make({ suite: id, sectors: 4, size: 500, wanted: 2 });
    const proof = world.prove();
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: proof.length, maxLength: proof.length }),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        expect(verifyOpening(world.statement, bytes)).not.toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  test("commitments do not depend on how the bytes come", () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 3000 }), (bytes, step) => {
        const data = dataNamed("steps", bytes);
        const plan = { suite: pedersenSuite(id), sectors: 16, blinding: null };
        const [whole, parts] = [new VectorCommitter(plan), new VectorCommitter(plan)];
        whole.update(data);
        for (let at = 0; at < data.length; at += step) parts.update(data.subarray(at, at + step));
        expect(parts.finish()).toEqual(whole.finish());
      }),
      { numRuns: 15 },
    );
  });
});

test("different blocks have different values, and zeros are not zero", () => {
  const block = fc.uint8Array({ minLength: blockBytes(4), maxLength: blockBytes(4) });
  fc.assert(
    fc.property(block, block, (a, b) => {
      const same = String(a) === String(b);
      expect(String(sectorValues(a, 4)) === String(sectorValues(b, 4))).toBe(same);
      expect(sectorValues(a, 4).every((value) => value >= 1n && value <= 2n ** 248n)).toBe(true);
    }),
    { numRuns: 1000, examples: [[new Uint8Array(blockBytes(4)), new Uint8Array(blockBytes(4))]] },
  );
});

test("a short last block is that block filled with zeros", () => {
  const data = dataNamed("short", 100);
  const filled = new Uint8Array(blockBytes(4));
  filled.set(data);
  expect(sectorValues(data, 4)).toEqual(sectorValues(filled, 4));
});

test("blocks have a power of two of sectors, and no other number is committed to", () => {
  const allowed = Array.from({ length: 2050 }, (_, count) => count).filter(isSectorCount);
  expect(allowed).toEqual([4, 8, 16, 32, 64, 128, 256, 512, 1024]);
  for (const count of [0, 2, 5, 2048, 4.5, Number.NaN]) {
    expect(
      () => new VectorCommitter({ suite: pedersenSuite(2), sectors: count, blinding: null }),
    ).toThrow(expect.objectContaining({ code: "PLAN_INVALID" }));
  }
});

test("masks differ from statement to statement under the same randomness", async () => {
  const make = (slot: number) =>
    OpeningWorld.make({ suite: 2, sectors: 4, size: 300, wanted: 9, slot });
  const [one, other] = await Promise.all([make(1), make(2)]);
  expect(one.prove()).toEqual(one.prove());
  expect(one.prove().subarray(0, 32)).not.toEqual(other.prove().subarray(0, 32));
});

test("evidence of another shape is refused before it is judged", () => {
  const honest = signedAnswer(new Uint8Array(32), new Uint8Array(757));
  expect(OpeningEvidence.safeParse(honest).success).toBe(true);
  const long = signedAnswer(new Uint8Array(32), new Uint8Array(758));
  expect(OpeningEvidence.safeParse(long).success).toBe(false);
  expect(OpeningEvidence.safeParse({ ...honest, more: 1 }).success).toBe(false);
});
