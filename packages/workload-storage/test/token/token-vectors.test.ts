import { Draw, encodeScalar } from "@neurond/crypto";
import { fromHex, hotkeyOf, toHex, toNetuid } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { challengeSeed, MODE, pickSeed, pickShard, responseHash } from "../../src/index.ts";
import { answerScalar } from "../../src/token/derive.ts";
import {
  decodeTokenLeaf,
  TokenMaker,
  tokenAnswer,
  tokenBlind,
  tokenKey,
  tokenParams,
  tokenSeed,
  tokensOpen,
} from "../../src/token/index.ts";
import { batchWeights } from "../../src/token/verify.ts";
import { dataNamed } from "../test-data.ts";
import vectors from "../vectors/token.json" with { type: "json" };
import { wholeAnswers } from "./whole-answers.ts";

const { identity, chain } = vectors;
const hex = (bytes: Uint8Array) => toHex(bytes).slice(2);
const slot = {
  netuid: toNetuid(identity.netuid),
  validator: hotkeyOf(fromHex(identity.validator)),
  miner: hotkeyOf(fromHex(identity.miner)),
  run: identity.run,
  slot: vectors.challenge.slot,
  mode: MODE.token,
  beacon: fromHex(chain.beacon),
  prevLink: fromHex(vectors.challenge.prevLink),
};
const data = dataNamed(vectors.data, vectors.size);
const entry = {
  shardId: fromHex(vectors.shardId),
  root: fromHex(vectors.root),
  size: vectors.size,
};
const master = fromHex(vectors.master);
const named = vectors.tokens.map(({ alg, t }) => ({
  alg: alg === 1 ? (1 as const) : (2 as const),
  number: t,
}));

function made(names: typeof named) {
  const maker = new TokenMaker({ master, entry, names }, wholeAnswers);
  maker.update(data.subarray(0, 7777));
  maker.update(data.subarray(7777));
  return maker.finish();
}

const all = made(named);

describe.each(vectors.tokens.map((vector, at) => ({ ...vector, at })))(
  "token $t of algorithm $alg",
  ({ at, ...vector }) => {
    const name = named[at] ?? { alg: 1, number: 0 };
    const key = tokenKey(master, entry);

    test("has the published seed, blind and scalar", () => {
      expect(hex(tokenSeed(key, name))).toBe(vector.s);
      expect(hex(encodeScalar(tokenBlind(key, name)))).toBe(vector.r);
      expect(hex(encodeScalar(answerScalar(name.alg, fromHex(vector.a))))).toBe(vector.m);
    });

    test("has the published answer and leaf", () => {
      const question = { alg: name.alg, seed: tokenSeed(key, name), size: data.length };
      expect(hex(tokenAnswer(question, data))).toBe(vector.a);
      expect(hex(all.tokens[at]?.answer ?? new Uint8Array())).toBe(vector.a);
      expect(hex(all.tokens[at]?.leaf ?? new Uint8Array())).toBe(vector.leaf);
    });
  },
);

test("the roots over six and over the first three are the published ones", () => {
  expect(hex(all.root)).toBe(vectors.tokenRoot);
  expect(hex(made(named.slice(0, 3)).root)).toBe(vectors.tokenRootFirst3);
});

test("the challenge is the published one", () => {
  const { challenge } = vectors;
  const leaf = decodeTokenLeaf(fromHex(vectors.tokens[0]?.leaf ?? ""));
  if (leaf === null) throw new Error("the published leaf does not decode");
  const params = tokenParams(leaf, { shardId: entry.shardId, seedCommit: leaf.seedCommit });
  expect(hex(params)).toBe(challenge.params);
  const seed = challengeSeed({
    ...slot,
    params,
    inventoryDigest: fromHex(challenge.inventoryDigest),
    beaconBlock: chain.block,
  });
  expect(hex(seed)).toBe(challenge.seed);
  expect(hex(responseHash(seed, fromHex(vectors.tokens[0]?.a ?? "")))).toBe(challenge.responseHash);
});

test("the shard is drawn as published", () => {
  expect(hex(pickSeed(slot))).toBe(vectors.challenge.pickSeed);
  const draw = new Draw("pick/draw", pickSeed(slot));
  const draws = vectors.challenge.drawsOf1000.map(() => Number(draw.next(1000n)));
  expect(draws).toEqual(vectors.challenge.drawsOf1000);
  const shards = Array.from({ length: 1000 }, (_, index) => index);
  expect(pickShard(slot, shards)).toBe(draws[0]);
  expect(pickShard(slot, [])).toBeUndefined();
});

test("a batch of openings is weighed as published, and holds", () => {
  const openings = vectors.tokens.map(({ leaf, a, r }) => ({
    leaf: fromHex(leaf),
    answer: fromHex(a),
    blind: fromHex(r),
  }));
  const weights = batchWeights(openings).map((weight) => hex(encodeScalar(weight).subarray(16)));
  expect(weights.slice(0, 3)).toEqual(vectors.batch.weights);
  expect(tokensOpen(openings)).toBe(true);
});
