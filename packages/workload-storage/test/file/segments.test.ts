import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeHeader,
  encodeHeader,
  encryptedLength,
  fittingPlan,
  HEADER_BYTES,
  MAX_FILE_SHARDS,
  placeShards,
  planOfSize,
  RECORD_BYTES,
  recordNonce,
  requireListable,
  segmentsOf,
  shardBytes,
} from "../../src/file/index.ts";

const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return isCoded(error) ? error.code : error;
  }
  return undefined;
};

describe("segments", () => {
  test("are all of the file, in order, none empty and none too long", () => {
    const segment = fc.integer({ min: 1, max: 4_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), segment, (size, bytes) => {
        const segments = segmentsOf(size, bytes);
        const edges = [0, ...segments.map(({ to }) => to)];
        expect(segments.map(({ index }) => index)).toEqual([...segments.keys()]);
        expect(segments.map(({ from }) => from)).toEqual(edges.slice(0, -1));
        expect(edges.at(-1)).toBe(size);
        expect(segments.every(({ from, to }) => to > from && to - from <= bytes)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("go to different miners each, and evenly", () => {
    const counts = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(counts, counts, counts, (segments, miners, shards) => {
        fc.pre(shards <= miners);
        const names = Array.from({ length: miners }, (_, at) => `miner ${at}`);
        const placed = placeShards(segmentsOf(segments, 1), names, shards);
        expect(placed.every((each) => new Set(each.miners).size === shards)).toBe(true);
        const loads = names.map(
          (name) => placed.filter((each) => each.miners.includes(name)).length,
        );
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  test("without enough different miners, or without bytes, there is no plan", () => {
    expect(codeOf(() => placeShards(segmentsOf(10), ["a", "a"], 2))).toBe("PLAN_INVALID");
    expect(codeOf(() => placeShards(segmentsOf(10), ["a"], 0))).toBe("PLAN_INVALID");
    expect(codeOf(() => segmentsOf(0))).toBe("PLAN_INVALID");
  });

  test("are no more than a manifest has room for", () => {
    const most = Math.floor(MAX_FILE_SHARDS / 24);
    expect(() => requireListable(most, [10, 24], 67_108_864)).not.toThrow();
    expect(() => requireListable(most + 1, [10, 24], 67_108_864)).toThrow(
      `at most ${most * 67_108_864} bytes when it is encrypted: store it in parts`,
    );
    expect(codeOf(() => requireListable(most + 1, [10, 24], 1))).toBe("PLAN_INVALID");
  });
});

describe("the plan of a file", () => {
  test("copies small files and codes larger ones", () => {
    expect(planOfSize(65_535)).toEqual([1, 4]);
    expect(planOfSize(65_536)).toEqual([10, 24]);
  });

  test("fits as many miners as there are", () => {
    expect([24, 23, 12, 5, 2, 1].map((miners) => fittingPlan([10, 24], miners))).toEqual([
      [10, 24],
      [9, 23],
      [5, 12],
      [2, 5],
      [1, 2],
      [1, 1],
    ]);
    expect(codeOf(() => fittingPlan([1, 4], 0))).toBe("PLAN_INVALID");
  });

  test("cuts a segment into shards that are all of it", () => {
    expect([1, 10, 11, 67_108_864].map((bytes) => shardBytes(bytes, 10))).toEqual([
      1, 1, 2, 6_710_887,
    ]);
  });
});

describe("encrypted files", () => {
  test("grow by a header and a tag for each record", () => {
    const lengths = [0, 1, RECORD_BYTES, RECORD_BYTES + 1].map(
      (plain) => encryptedLength(plain) - plain,
    );
    expect(lengths).toEqual([
      HEADER_BYTES + 16,
      HEADER_BYTES + 16,
      HEADER_BYTES + 16,
      HEADER_BYTES + 32,
    ]);
  });

  test("begin with ft2, version 1, record size and nonce prefix", () => {
    const prefix = Uint8Array.from([1, 2, 3, 4, 5, 6, 7]);
    const header = encodeHeader(prefix);
    expect([...header]).toEqual([0x66, 0x74, 0x32, 1, 0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
    expect(decodeHeader(header)).toEqual(prefix);
    for (const at of [0, 3, 5]) {
      expect(codeOf(() => decodeHeader(header.with(at, 9)))).toBe("CIPHERTEXT_INVALID");
    }
    expect(codeOf(() => decodeHeader(header.subarray(1)))).toBe("CIPHERTEXT_INVALID");
    expect(codeOf(() => encodeHeader(prefix.subarray(1)))).toBe("CIPHERTEXT_INVALID");
  });

  test("number their records in the nonce and mark the last", () => {
    const prefix = new Uint8Array(7).fill(0xaa);
    expect([...recordNonce(prefix, 0x0102, true)]).toEqual([...prefix, 0, 0, 1, 2, 1]);
    expect(recordNonce(prefix, 0, false)).toHaveLength(12);
  });
});
