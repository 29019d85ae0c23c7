import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combineScalar, ErasureCode, fastCombine, generatorRow, type Take } from "../src/index.ts";

const fast = fastCombine();

const nowhere: Take = () => undefined;

const into =
  (outputs: readonly Uint8Array[]): Take =>
  (row, bytes, at) =>
    outputs[row]?.set(bytes, at);

/** What is handed out may be written to. */
const spoiling =
  (take: Take): Take =>
  (row, bytes, at) => {
    take(row, bytes, at);
    bytes.fill(0xa5);
  };

const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return isCoded(error) ? error.code : error;
  }
  return undefined;
};

/** All choices of k of the numbers below n. */
function choices(n: number, k: number, from = 0): number[][] {
  if (k === 0) return [[]];
  return Array.from({ length: Math.max(0, n - from - k + 1) }, (_, at) =>
    choices(n, k - 1, from + at + 1).map((rest) => [from + at, ...rest]),
  ).flat();
}

function shardsOf(code: ErasureCode, length: number, seed: number): readonly Uint8Array[] {
  let state = seed;
  const data = Array.from({ length: code.k }, () =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 16;
    }),
  );
  return [...data, ...code.parity(data)];
}

describe("a code", () => {
  test("brings every shard back from every choice of k of n", () => {
    for (let n = 1; n <= 7; n += 1) {
      for (let k = 1; k <= n; k += 1) {
        const code = new ErasureCode(k, n, fast);
        const shards = shardsOf(code, 37, n * 8 + k);
        const all = [...shards.keys()];
        for (const choice of choices(n, k)) {
          const left = new Map(choice.map((index) => [index, shards[index] ?? new Uint8Array()]));
          expect(code.restore(left, all)).toEqual(shards);
        }
      }
    }
  });

  test("brings 24 shards back from any ten", () => {
    const code = new ErasureCode(10, 24, fast);
    const shards = shardsOf(code, 101, 7);
    const indices = [...shards.keys()];
    fc.assert(
      fc.property(fc.shuffledSubarray(indices, { minLength: 10, maxLength: 10 }), (choice) => {
        const left = new Map(choice.map((index) => [index, shards[index] ?? new Uint8Array()]));
        expect(code.restore(left, indices)).toEqual(shards);
      }),
      { numRuns: 300 },
    );
  });

  test("with k = 1 is replication", () => {
    const data = Uint8Array.of(1, 2, 3, 250);
    expect(new ErasureCode(1, 255).parity([data])).toEqual(Array(254).fill(data));
  });

  test("of the largest size restores from parity alone", () => {
    const code = new ErasureCode(127, 255, fast);
    const shards = shardsOf(code, 33, 3);
    const left = new Map([...shards.entries()].slice(128));
    expect(code.restore(left, [0, 63, 126])).toEqual([shards[0], shards[63], shards[126]]);
  });

  test("has the matrix that is documented", () => {
    // 10 / (10 XOR c) over 0x11d, worked out apart from this code.
    expect([...generatorRow(10, 10)].slice(0, 2)).toEqual([1, 153]);
    expect([...generatorRow(2, 3)]).toEqual([1, 143]);
    expect([...generatorRow(3, 1)]).toEqual([0, 1, 0]);
  });

  test("refuses what cannot be", () => {
    for (const [k, n] of [
      [0, 1],
      [3, 2],
      [1, 256],
      [1.5, 3],
    ] as const) {
      expect(codeOf(() => new ErasureCode(k, n))).toBe("CODE_INVALID");
    }
    const code = new ErasureCode(2, 3);
    const [a, b] = [new Uint8Array(4), new Uint8Array(5)];
    expect(codeOf(() => code.parity([a, b]))).toBe("SHARDS_INVALID");
    expect(codeOf(() => code.parity([a]))).toBe("SHARDS_INVALID");
    expect(codeOf(() => code.makeParity([a, a], 2, 2, nowhere))).toBe("SHARDS_INVALID");
    expect(codeOf(() => code.restore(new Map([[0, a]]), [1]))).toBe("SHARDS_TOO_FEW");
    const uneven = new Map([
      [0, a],
      [1, b],
    ]);
    expect(codeOf(() => code.restore(uneven, [2]))).toBe("SHARDS_INVALID");
    expect(codeOf(() => code.rowsFrom([0, 3], [1]))).toBe("SHARDS_INVALID");
    expect(codeOf(() => code.rowsFrom([1, 1], [0]))).toBe("SHARDS_INVALID");
    expect(codeOf(() => code.apply([Uint8Array.of(1)], [a, a], nowhere))).toBe("SHARDS_INVALID");
  });
});

test.each([
  ["the kernel", fast],
  ["the scalar code", combineScalar],
])("%s restores in the place of a substitute", (_, combine) => {
  const code = new ErasureCode(3, 6, combine);
  const shards = shardsOf(code, 40_000, 11);
  const places = [shards[0], shards[4], shards[5]].map((shard) => Uint8Array.from(shard ?? []));
  const [, one, two] = places;
  if (one === undefined || two === undefined) throw new Error("there are three");
  code.apply(code.rowsFrom([0, 4, 5], [1, 2]), places, into([one, two]));
  expect(places).toEqual(shards.slice(0, 3));
});

describe("the kernel", () => {
  test("runs here", () => {
    expect(fast).not.toBe(combineScalar);
  });

  test("computes what the scalar code computes", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const problems = fc
      .record({
        inputs: fc.integer({ min: 1, max: 12 }),
        outputs: fc.integer({ min: 1, max: 7 }),
        length: fc.constantFrom(0, 1, 15, 16, 31, 33, 100, 1000, 1023, 32_785),
      })
      .chain(({ inputs, outputs, length }) =>
        fc.record({
          rows: fc.array(bytes(inputs), { minLength: outputs, maxLength: outputs }),
          seeds: fc.array(bytes(64), { minLength: inputs, maxLength: inputs }),
          length: fc.constant(length),
        }),
      );
    fc.assert(
      fc.property(problems, ({ rows, seeds, length }) => {
        const inputs = seeds.map((seed) =>
          Uint8Array.from({ length }, (_, at) => (seed[at % 64] ?? 0) + (at >> 6)),
        );
        const [due, found] = [0, 1].map(() => rows.map(() => new Uint8Array(length).fill(9)));
        combineScalar(rows, inputs, into(due ?? []));
        fast(rows, inputs, spoiling(into(found ?? [])));
        const isSame = (bytes: Uint8Array, row: number) =>
          Buffer.compare(bytes, due?.[row] ?? new Uint8Array()) === 0;
        expect(found?.every(isSame)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
