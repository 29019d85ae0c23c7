import { hotkeyOf } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeKeystreamAt } from "../../io/index.ts";
import {
  addSweepSums,
  answerSweep,
  areTagsCanonical,
  bigintRowSum,
  bigintTagger,
  bigintValueSum,
  coefficientsAt,
  decodeSweepAnswer,
  encodeSweepAnswer,
  keystreamAt,
  minerKey,
  PIECE_ROWS,
  ROW_BYTES,
  rowSum,
  rowsOf,
  SWEEP_PRIME,
  type SweepSums,
  sweepList,
  tagBytesOf,
  tagger,
  tagShard,
  valueSum,
  verifySweep,
  weightsOf,
} from "../../src/sweep/index.ts";
import { dataNamed, flipped, heldShard, identNamed } from "../test-data.ts";
import { MINER } from "../world.ts";

const miner = hotkeyOf(MINER.publicKey);
const key = minerKey(identNamed("period secret"), miner);
const [fastTagger, slowTagger] = [tagger([weightsOf(key)]), bigintTagger([weightsOf(key)])];
const rows = rowSum();
/** Thousands of verdicts: pure code would take its time over the same bytes. */
const stream = nativeKeystreamAt;

/** Sizes around whole leaves and whole rows. */
const size = fc
  .tuple(
    fc.constantFrom(4096, 12_288),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: -2, max: 2 }),
  )
  .map(([unit, times, off]) => Math.max(1, unit * times + off));
const element = fc.bigInt({ min: 0n, max: SWEEP_PRIME - 1n });

interface Holding {
  readonly seed: Uint8Array;
  readonly entries: ReturnType<typeof heldShard>["entry"][];
  readonly list: readonly number[];
  readonly held: Parameters<typeof answerSweep>[3];
}

/** Shards of some sizes, tagged; of equal sizes in equal places the same ones are taken again. */
const made = new Map<string, { shard: ReturnType<typeof heldShard>; tags: Uint8Array }>();
function holdingOf(sizes: readonly number[], turn: number): Holding {
  const shards = sizes.map((bytes, at) => {
    const name = `${at % 4}/${bytes}`;
    const known = made.get(name);
    if (known !== undefined) return known;
    const shard = heldShard(identNamed(name), dataNamed(name, bytes));
    const tags = tagShard(shard.sealed, shard.entry, key, { tagger: fastTagger });
    const fresh = { shard, tags };
    made.set(name, fresh);
    return fresh;
  });
  return {
    seed: identNamed(`seed ${turn}`),
    entries: shards.map(({ shard }) => shard.entry),
    list: shards.map((_, index) => index),
    held: (index) => {
      const found = shards[index];
      return found === undefined ? null : { sealed: found.shard.sealed, tags: found.tags };
    },
  };
}

const answerOf = ({ seed, list, entries, held }: Holding) =>
  answerSweep(seed, list, entries, held, { rows, stream });
const verdictOf = ({ seed, list, entries }: Holding, answer: Uint8Array) =>
  verifySweep({ seed, list, entries, answer }, key, { stream });

describe("honest answers", () => {
  test("verify, whatever the sizes, numbers and concessions of shards", { timeout: 60_000 }, () => {
    const holding = fc.tuple(
      fc.array(size, { minLength: 1, maxLength: 40 }),
      fc.nat(),
      fc.array(fc.nat(39), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(holding, ([sizes, turn, gone]) => {
        const all = holdingOf(sizes, turn);
        const held: Holding["held"] = (index) => (gone.includes(index) ? null : all.held(index));
        expect(verdictOf(all, answerOf({ ...all, held }))).toBeNull();
      }),
      { numRuns: 120 },
    );
  });

  test("are the same by plain arithmetic", { timeout: 60_000 }, () => {
    const all = holdingOf([1, 4095, 12_287, 12_288, 12_289, 24_577], 1);
    const { seed, list, entries, held } = all;
    const plain = { rows: bigintRowSum(), tags: bigintValueSum() };
    expect(answerSweep(seed, list, entries, held, plain)).toEqual(answerOf(all));
  });

  test("fail for one flipped bit of data, tags or answer", { timeout: 60_000 }, () => {
    const all = holdingOf([1, 12_289, 4096, 36_863], 2);
    const honest = answerOf(all);
    expect(verdictOf(all, honest)).toBeNull();
    fc.assert(
      fc.property(fc.nat(), fc.nat(7), (at, bit) => {
        const changed = flipped(honest, at % honest.length, 1 << bit);
        expect(verdictOf(all, changed)).not.toBeNull();
      }),
      { numRuns: 1_000 },
    );
    const place = fc.tuple(fc.nat(3), fc.nat(), fc.nat(7), fc.boolean());
    fc.assert(
      fc.property(place, ([which, at, bit, inTags]) => {
        const held: Holding["held"] = (index) => {
          const shard = all.held(index);
          if (shard === null || index !== which) return shard;
          const { sealed, tags } = shard;
          // The top bit of a tag is not part of its value.
          const inTag = at % 16 === 15 ? bit % 7 : bit;
          return inTags
            ? { sealed, tags: flipped(tags, at % tags.length, 1 << inTag) }
            : { sealed: flipped(sealed, at % sealed.length, 1 << bit), tags };
        };
        expect(verdictOf(all, answerOf({ ...all, held }))).toBe("MAC_MISMATCH");
      }),
      { numRuns: 150 },
    );
  });
});

describe("bytes of answers", () => {
  const list = [2, 3, 5, 70_000];
  const answer = fc.record({
    absent: fc.subarray(list),
    sums: fc.record({
      columns: fc
        .array(element, { minLength: 1, maxLength: 3 })
        .map((some) => Array.from({ length: 1024 }, (_, at) => some[at % some.length] ?? 0n)),
      tag: element,
    }),
  });

  test("decode to what was encoded, and not with a byte more or less", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(answer, (value) => {
        const bytes = encodeSweepAnswer(value);
        expect(decodeSweepAnswer(bytes, list)).toEqual(value);
        expect(decodeSweepAnswer(Uint8Array.from([...bytes, 0]), list)).toBe("LENGTH");
        expect(decodeSweepAnswer(bytes.subarray(0, -1), list)).toBe("LENGTH");
      }),
      { numRuns: 100 },
    );
  });

  test("are refused, never thrown at, whatever they are", { timeout: 60_000 }, () => {
    const all = holdingOf([1, 12_289], 3);
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ minLength: 16_404, maxLength: 16_404 }),
      fc.tuple(fc.nat(16_403), fc.uint8Array({ maxLength: 40 })).map(([at, part]) => {
        const bytes = new Uint8Array(16_404);
        bytes.set(part.subarray(0, 16_404 - at), at);
        return bytes;
      }),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        const reason = verdictOf(all, bytes);
        expect(["LENGTH", "ABSENT_ORDER", "FIELD_RANGE", "MAC_MISMATCH"]).toContain(reason);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("kernels", () => {
  const ones = (length: number) => new Uint8Array(length).fill(0xff);

  test("equal plain arithmetic where every word, weight and coefficient is all ones", {
    timeout: 60_000,
  }, () => {
    const count = 1_024;
    const [fast, values] = [rowSum(), valueSum()];
    const whole = PIECE_ROWS * ROW_BYTES;
    for (let row = 0; row < count; row += PIECE_ROWS) {
      const which = (row / PIECE_ROWS) % 2 === 0 ? 0 : 1;
      fast.pieces[which].fill(0xff);
      fast.add(which, whole, ones(9 * PIECE_ROWS));
    }
    const sector = (1n << 96n) - 1n;
    const coefficient = (1n << 72n) - 1n;
    const sum = (BigInt(count) * sector * coefficient) % SWEEP_PRIME;
    expect(new Set(fast.take())).toEqual(new Set([sum]));
    // A value of all ones is zero's other spelling; the one below is the largest.
    const largest = ones(16 * count).map((byte, at) => (at % 16 === 0 ? 0xfe : byte));
    values.add(largest, ones(9 * count));
    const below = SWEEP_PRIME - 1n;
    expect(values.take()).toBe((BigInt(count) * below * coefficient) % SWEEP_PRIME);
  });

  const weights = fc.constantFrom<bigint>(0n, 1n, SWEEP_PRIME - 1n, SWEEP_PRIME - 2n, 1n << 126n);
  const word = fc.constantFrom(0, 0xff, 0x7f, 0x80);
  test("equal plain arithmetic at the edges of digits", { timeout: 60_000 }, () => {
    // Halves of 0 are -2^15 to the kernel, and digits of 1024 the largest: weights of repeated 10000000000.
    const extreme = BigInt(`0b${"10000000000".repeat(11)}`);
    for (const weight of [
      extreme,
      extreme << 1n,
      extreme + 1n,
      SWEEP_PRIME - 1n,
      SWEEP_PRIME >> 1n,
    ]) {
      const all = Array.from({ length: 1024 }, () => weight % SWEEP_PRIME);
      for (const byte of [0x00, 0xff, 0x80, 0x7f]) {
        const [fast, slow] = [tagger([all]), bigintTagger([all])];
        for (const engine of [fast, slow]) engine.piece.fill(byte);
        expect(fast.linear(3 * ROW_BYTES)).toEqual(slow.linear(3 * ROW_BYTES));
      }
    }
    fc.assert(
      fc.property(fc.array(weights, { minLength: 1, maxLength: 5 }), word, (some, byte) => {
        const all = Array.from({ length: 1024 }, (_, at) => some[at % some.length] ?? 0n);
        const [fast, slow] = [tagger([all]), bigintTagger([all])];
        for (const engine of [fast, slow]) engine.piece.fill(byte, 0, ROW_BYTES);
        expect(fast.linear(ROW_BYTES)).toEqual(slow.linear(ROW_BYTES));
      }),
      { numRuns: 40 },
    );
  });

  test("sum rows exactly where all digits of coefficients are the largest", () => {
    const largest = BigInt(`0b${"10000000000".repeat(6)}`);
    const bytes = Uint8Array.from({ length: 9 }, (_, at) =>
      Number((largest >> BigInt(8 * at)) & 0xffn),
    );
    const coefficients = new Uint8Array(9 * PIECE_ROWS).map((_, at) => bytes[at % 9] ?? 0);
    for (const byte of [0x00, 0xff]) {
      rows.pieces[0].fill(byte);
      rows.add(0, PIECE_ROWS * ROW_BYTES, coefficients);
      const sector = byte === 0 ? 0n : (1n << 96n) - 1n;
      const sum = (BigInt(PIECE_ROWS) * largest * sector) % SWEEP_PRIME;
      expect(new Set(rows.take())).toEqual(new Set([sum]));
    }
  });

  test("make the tags of plain arithmetic, for several periods at once", {
    timeout: 60_000,
  }, () => {
    const keys = ["a", "b", "c"].map((name) => weightsOf(minerKey(identNamed(name), miner)));
    const [fast, slow] = [tagger(keys), bigintTagger(keys)];
    const data = dataNamed("tags", 35 * ROW_BYTES + 5);
    for (const engine of [fast, slow]) engine.piece.set(data);
    expect(fast.linear(data.length)).toEqual(slow.linear(data.length));
    const [tags, masks] = [dataNamed("linear", 16 * 300), dataNamed("masks", 16 * 300)];
    for (let at = 15; at < tags.length; at += 16) tags[at] = (tags[at] ?? 0) & 0x7f;
    // Sums of p - 1 and 1, and of p - 1 and p - 1.
    tags.set(ones(16).fill(0x7f, 15).fill(0xfe, 0, 1));
    masks.set(Uint8Array.of(1, ...new Uint8Array(15)));
    tags.set(ones(16).fill(0x7f, 15).fill(0xfe, 0, 1), 16);
    masks.set(ones(16).fill(0xfe, 0, 1), 16);
    const plain = Uint8Array.from(tags);
    fast.addMasks(tags, masks);
    slow.addMasks(plain, masks);
    expect(tags).toEqual(plain);
    expect(areTagsCanonical(tags, 300 * ROW_BYTES)).toBe(true);
  });

  test("sum rows as plain arithmetic does, however they are cut into pieces", {
    timeout: 60_000,
  }, () => {
    const data = dataNamed("rows", 41 * ROW_BYTES + 7);
    const coefficients = coefficientsAt(identNamed("coefficients"), { from: 5, rows: 42 });
    const plain = bigintRowSum();
    plain.pieces[0].set(data);
    plain.add(0, data.length, coefficients);
    const expected = plain.take();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 41 }), { maxLength: 6 }), (cuts) => {
        const places = [...new Set([0, ...cuts, 42])].sort((a, b) => a - b);
        for (const [at, from] of places.slice(0, -1).entries()) {
          const to = places[at + 1] ?? 42;
          const part = data.subarray(from * ROW_BYTES, to * ROW_BYTES);
          const which = at % 2 === 0 ? 0 : 1;
          rows.pieces[which].set(part);
          rows.add(which, part.length, coefficients.subarray(9 * from, 9 * to));
        }
        expect(rows.take()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

test("sums of parts are the sum of the whole", { timeout: 60_000 }, () => {
  const part = (columns: readonly bigint[], tag: bigint): SweepSums => ({ columns, tag });
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), (values) => {
      const parts = values.map((value) =>
        part(
          Array.from({ length: 1024 }, () => value),
          value,
        ),
      );
      const total = values.reduce((sum, value) => (sum + value) % SWEEP_PRIME, 0n);
      const { columns, tag } = addSweepSums(parts);
      expect(new Set([...columns, tag])).toEqual(new Set([total]));
    }),
    { numRuns: 20 },
  );
});

test("a keystream is one stream from any byte on", { timeout: 60_000 }, () => {
  const whole = keystreamAt(identNamed("stream"), 0, 400);
  fc.assert(
    fc.property(fc.nat(300), fc.nat(99), (from, length) => {
      const part = keystreamAt(identNamed("stream"), from, length);
      expect(part).toEqual(whole.subarray(from, from + length));
    }),
    { numRuns: 1_000 },
  );
});

test("a budget is reached, not exceeded by more than one shard, and each shard is as likely", {
  timeout: 60_000,
}, () => {
  const { entries } = holdingOf([1, 12_289, 30_000, 4096, 12_288], 0);
  const granted = [0, 1, 2, 4];
  const drawn = new Map<number, number>();
  for (let turn = 0; turn < 1_000; turn += 1) {
    const list = sweepList(identNamed(`turn ${turn}`), 3, granted, entries);
    const rowCounts = list.map((index) => rowsOf(entries[index]?.size ?? 0));
    const total = rowCounts.reduce((sum, count) => sum + count, 0);
    expect(total >= 3 && total - Math.max(...rowCounts) < 3).toBe(true);
    expect(list).toEqual([...list].sort((a, b) => a - b));
    for (const index of list) drawn.set(index, (drawn.get(index) ?? 0) + 1);
  }
  expect([...drawn.keys()].sort()).toEqual(granted);
  for (const times of drawn.values()) expect(times).toBeGreaterThan(300);
  expect(sweepList(identNamed("x"), 0, granted, entries)).toEqual(granted);
});

test("slow tags of odd sizes are those of the kernel", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(size, (bytes) => {
      const { sealed, entry } = heldShard(identNamed("odd"), dataNamed(`odd ${bytes}`, bytes));
      const slow = tagShard(sealed, entry, key, { tagger: slowTagger });
      expect(slow.length).toBe(tagBytesOf(bytes));
      expect(tagShard(sealed, entry, key, { tagger: fastTagger })).toEqual(slow);
    }),
    { numRuns: 25 },
  );
});
