import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeAnswers } from "../../io/token/native-answers.ts";
import {
  decodeTokenLeaf,
  encodeTokenLeaf,
  type TokenAlg,
  TokenMaker,
  tokenAnswer,
  tokenAnswerBytes,
  tokensNumbered,
} from "../../src/token/index.ts";
import { dataNamed, flipped, identNamed } from "../test-data.ts";
import { wholeAnswers } from "./whole-answers.ts";

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const data = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe.each([1, 2] satisfies TokenAlg[])("algorithm %i", (alg) => {
  test("the runtime's answers are the pure ones, however the bytes come", () => {
    fc.assert(
      fc.property(seed, data, fc.integer({ min: 1, max: 100 }), (seed, sealed, step) => {
        const question = { alg, seed, size: sealed.length };
        const state = nativeAnswers(question);
        for (let at = 0; at < sealed.length; at += step)
          state.update(sealed.subarray(at, at + step));
        const answer = state.finish();
        expect(answer).toEqual(tokenAnswer(question, sealed));
        expect(answer.length).toBe(tokenAnswerBytes(alg));
      }),
      { numRuns: 1000 },
    );
  });

  test("made with pauses they are the same tokens, and of too few bytes there are none", async () => {
    const sealed = dataNamed("paused", 100);
    const entry = { shardId: identNamed("id"), root: identNamed("root"), size: sealed.length };
    const maker = () => {
      const plan = { master: identNamed("master"), entry, names: tokensNumbered(alg, 3) };
      return new TokenMaker(plan, wholeAnswers);
    };
    const [paused, whole, short] = [maker(), maker(), maker()];
    for (const each of [paused, whole]) each.update(sealed);
    short.update(sealed.subarray(1));
    let pauses = 0;
    const made = await paused.finishSlowly(async () => {
      pauses += 1;
    });
    expect(made).toEqual(whole.finish());
    expect(pauses).toBe(3);
    const refused = short.finishSlowly(async () => undefined);
    await expect(refused).rejects.toMatchObject({ code: "SIZE_MISMATCH" });
  });

  test("one flipped bit of the data, or of the seed, gives another answer", () => {
    fc.assert(
      fc.property(seed, data, fc.nat(), fc.integer({ min: 0, max: 7 }), (seed, sealed, at, bit) => {
        const question = { alg, seed, size: sealed.length };
        const answer = tokenAnswer(question, sealed);
        const changed = flipped(sealed, at % sealed.length, 1 << bit);
        expect(tokenAnswer(question, changed)).not.toEqual(answer);
        const asked = { ...question, seed: flipped(seed, at % 32, 1 << bit) };
        expect(tokenAnswer(asked, sealed)).not.toEqual(answer);
      }),
      { numRuns: 1000 },
    );
  });

  test("tokens of one pass are those made one by one", () => {
    const sealed = dataNamed("one pass", 4097);
    const entry = { shardId: identNamed("shard"), root: identNamed("root"), size: sealed.length };
    const make = (names: ReturnType<typeof tokensNumbered>) => {
      const maker = new TokenMaker({ master: identNamed("master"), entry, names }, wholeAnswers);
      maker.update(sealed);
      return maker.finish().tokens;
    };
    const names = tokensNumbered(alg, 4);
    expect(make(names)).toEqual(names.flatMap((name) => make([name])));
  });
});

test("leaves are read as they were written, and from no other length", () => {
  const leaf = fc.record({
    alg: fc.constantFrom<TokenAlg>(1, 2),
    number: fc.integer({ min: 0, max: 0xffff_ffff }),
    seedCommit: seed,
    commitment: fc.uint8Array({ minLength: 33, maxLength: 33 }),
  });
  fc.assert(
    fc.property(leaf, (each) => {
      const bytes = encodeTokenLeaf(each);
      expect(decodeTokenLeaf(bytes)).toEqual(each);
      expect(decodeTokenLeaf(Uint8Array.from([...bytes, 0]))).toBeNull();
      expect(decodeTokenLeaf(bytes.subarray(1))).toBeNull();
    }),
    { numRuns: 1000 },
  );
});

test("tokens of another number of bytes than announced, or of none asked for, are refused", () => {
  const entry = { shardId: identNamed("shard"), root: identNamed("root"), size: 10 };
  const plan = { master: identNamed("master"), entry, names: tokensNumbered(1, 1) };
  const short = new TokenMaker(plan, wholeAnswers);
  short.update(new Uint8Array(9));
  expect(() => short.finish()).toThrow(expect.objectContaining({ code: "SIZE_MISMATCH" }));
  expect(() => new TokenMaker({ ...plan, names: [] }, wholeAnswers)).toThrow(
    expect.objectContaining({ code: "PLAN_INVALID" }),
  );
});
