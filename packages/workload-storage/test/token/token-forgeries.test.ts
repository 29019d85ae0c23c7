import { commitScalar, encodeScalar, frame, pedersenSuite, u64 } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { challengeSeed } from "../../src/index.ts";
import { answerScalar } from "../../src/token/derive.ts";
import {
  encodeTokenLeaf,
  judgeToken,
  type LeafOpening,
  type OpenedToken,
  openToken,
  seedCommitOf,
  TOKEN_HASHER,
  type TokenAlg,
  type TokenTask,
  tokenChallengeOf,
  tokensOpen,
  verifyToken,
} from "../../src/token/index.ts";
import { signedAnswer } from "../slots.ts";
import { flipped, identNamed } from "../test-data.ts";
import { OTHER_MINER } from "../world.ts";
import { TokenWorld } from "./token-world.ts";

const failed = (reason: string) => ({ kind: "failed", reason });
const unknown = (reason: string) => ({ kind: "unknown", reason });
const { order } = pedersenSuite(1);

describe.each([1, 2] satisfies TokenAlg[])("algorithm %i", (alg) => {
  const world = new TokenWorld(alg);
  const judge = async (answer: Uint8Array) => judgeToken(world.task, await world.evidence(answer));
  const opening = async (change: Partial<OpenedToken>) =>
    judgeToken(world.task, await world.evidence(undefined, change));

  test("the honest answer passes: the forgeries below differ from it only where they say", async () => {
    expect(await judge(world.answer())).toEqual({ kind: "passed" });
  });

  test("9: a byte more or less is LENGTH", async () => {
    expect(await judge(concatBytes(world.answer(), new Uint8Array(1)))).toEqual(failed("LENGTH"));
    expect(await judge(world.answer().subarray(1))).toEqual(failed("LENGTH"));
    expect(await judge(new Uint8Array())).toEqual(failed("LENGTH"));
  });

  test("an answer without some byte, or over other bytes, is ANSWER_MISMATCH", async () => {
    const { sealed } = world;
    for (const bytes of [flipped(sealed, 0), flipped(sealed, -1), sealed.subarray(1)]) {
      expect(await judge(world.answer(bytes))).toEqual(failed("ANSWER_MISMATCH"));
    }
  });

  test("the answer of another token is ANSWER_MISMATCH", async () => {
    const other = new TokenWorld(alg, { number: 3 });
    expect(await judge(other.answer())).toEqual(failed("ANSWER_MISMATCH"));
  });

  test("30: another seed than the committed one is SEED_MISMATCH, the validator's fault", async () => {
    expect(await opening({ seed: identNamed("other seed") })).toEqual(unknown("SEED_MISMATCH"));
    const seed_commit = toHex(seedCommitOf(identNamed("other seed")));
    const task: TokenTask = { ...world.task, seed_commit };
    const evidence = await world.evidence();
    // The commitment is in the challenge, so the miner signed another one.
    expect(judgeToken(task, evidence)).toEqual(unknown("SIGNATURE"));
    const challenge = challengeSeed(tokenChallengeOf(task));
    const signed = { ...evidence, ...signedAnswer(challenge, world.answer()) };
    expect(judgeToken(task, signed)).toEqual(unknown("SEED_MISMATCH"));
    // Asked and opened with one seed, which is not the leaf's.
    const opened = { ...signed.opened, seed: toHex(identNamed("other seed")) };
    expect(judgeToken(task, { ...signed, opened })).toEqual(unknown("SEED_MISMATCH"));
  });

  test("31: a blind at or above the order is SCALAR_RANGE", async () => {
    const { blind } = await world.opened();
    const large = BigInt(toHex(blind)) + order;
    const bytes = large < 2n ** 256n ? encodeScalar(large) : new Uint8Array(32).fill(0xff);
    expect(await opening({ blind: bytes })).toEqual(unknown("SCALAR_RANGE"));
    expect(await opening({ blind: encodeScalar(order) })).toEqual(unknown("SCALAR_RANGE"));
  });

  test("31: another blind or answer in the opening is OPENING_MISMATCH", async () => {
    const { blind, answer } = await world.opened();
    expect(await opening({ blind: flipped(blind, -1) })).toEqual(unknown("OPENING_MISMATCH"));
    expect(await opening({ answer: flipped(answer, 0) })).toEqual(unknown("OPENING_MISMATCH"));
    expect(await opening({ answer: answer.subarray(1) })).toEqual(unknown("OPENING_MISMATCH"));
  });

  test("another token, another place or an altered leaf is TOKEN_PATH", async () => {
    const { path, leaf, index } = await world.opened();
    const other = await world.opened(2);
    for (const change of [
      { ...other },
      { index: 2 },
      { index: 5 },
      { path: path.slice(1) },
      { path: [...path, ...path] },
      { leaf: flipped(leaf, -1) },
      { leaf: leaf.subarray(1) },
      { leaf: Uint8Array.from([3, ...leaf.subarray(1)]) },
      { leaf: other.leaf, index, path },
    ]) {
      expect(await opening(change)).toEqual(unknown("TOKEN_PATH"));
    }
  });

  test("32: a transcript under another miner, run or slot is SIGNATURE", async () => {
    const evidence = await world.evidence();
    const others: Partial<TokenTask>[] = [
      { miner: hotkeyOf(OTHER_MINER.publicKey) },
      { run: world.task.run + 1 },
      { slot: world.task.slot + 1 },
      { number: world.task.number + 1 },
    ];
    for (const change of others) {
      expect(judgeToken({ ...world.task, ...change }, evidence)).toEqual(unknown("SIGNATURE"));
    }
  });

  test("32: an old answer signed again for the next token is ANSWER_MISMATCH", async () => {
    const next = new TokenWorld(alg, { number: 3 });
    const replayed = {
      ...(await next.evidence()),
      ...signedAnswer(next.challenge, world.answer()),
    };
    expect(judgeToken(next.task, replayed)).toEqual(failed("ANSWER_MISMATCH"));
  });

  test("a receipt without tokens, or without its miner's signature, is RECEIPT_MISSING", async () => {
    const evidence = await world.evidence();
    const { receipt } = world.task;
    const unsigned = { ...receipt, miner_signature: receipt.validator_signature };
    expect(judgeToken({ ...world.task, receipt: unsigned }, evidence)).toEqual(
      unknown("RECEIPT_MISSING"),
    );
    const { tokens: _, ...plain } = receipt.receipt;
    const without = { ...world.task, receipt: { ...receipt, receipt: plain } };
    expect(judgeToken(without, evidence)).toEqual(unknown("RECEIPT_MISSING"));
  });
});

test("29: data hashed before the seed give another answer: no state can be kept", async () => {
  const world = new TokenWorld(1);
  const { sealed, tokenSeed, entry, task } = world;
  const dataFirst = sha256(concatBytes(frame("token/answer"), u64(entry.size), sealed, tokenSeed));
  expect(judgeToken(task, await world.evidence(dataFirst))).toEqual(failed("ANSWER_MISMATCH"));
});

test("a token made over an answer of no algorithm's length is OPENING_MISMATCH", () => {
  const [seed, answer] = [identNamed("seed"), identNamed("answer").subarray(1)];
  const commitment = commitScalar(pedersenSuite(1), answerScalar(1, answer), 5n).encode();
  const asked = { alg: 1, number: 1 } as const;
  const leaf = encodeTokenLeaf({ ...asked, seedCommit: seedCommitOf(seed), commitment });
  const claim = {
    tokens: { count: 1, root: TOKEN_HASHER.leaf(leaf) },
    asked,
    seedCommit: seedCommitOf(seed),
    opened: { leaf, index: 0, path: [], seed, answer, blind: encodeScalar(5n) },
    answer,
  };
  expect(verifyToken(claim)).toBe("OPENING_MISMATCH");
});

test("a token that is not there is not opened", async () => {
  const { entry, made } = new TokenWorld(1);
  const source = { master: identNamed("token master"), entry };
  expect(await openToken(source, made.tokens, 3)).toBeUndefined();
});

describe("batches of openings", () => {
  const commit = (answer: Uint8Array, blind: bigint): LeafOpening => {
    const commitment = commitScalar(pedersenSuite(1), answerScalar(1, answer), blind).encode();
    const leaf = encodeTokenLeaf({
      alg: 1,
      number: 1,
      seedCommit: identNamed("seed"),
      commitment,
    });
    return { leaf, answer, blind: encodeScalar(blind) };
  };
  const honest = [1n, 2n, 3n].map((blind) => commit(identNamed(`answer/${blind}`), blind));

  test("hold when each opening holds, and when there is none", () => {
    expect(tokensOpen(honest)).toBe(true);
    expect(tokensOpen([])).toBe(true);
  });

  test("fail when one does not, or none of it can be read", () => {
    const [first, ...rest] = honest;
    if (first === undefined) throw new Error("there are openings");
    for (const bad of [
      { ...first, answer: identNamed("other") },
      { ...first, blind: encodeScalar(2n) },
      { ...first, blind: encodeScalar(order) },
      { ...first, leaf: first.leaf.subarray(1) },
      { ...first, leaf: concatBytes(first.leaf.subarray(0, 37), new Uint8Array(33)) },
    ]) {
      expect(tokensOpen([...rest, bad])).toBe(false);
    }
  });

  test("fail when two blinds are exchanged, which a plain sum would not see", () => {
    const [first, second, third] = honest;
    if (!first || !second || !third) throw new Error("there are three openings");
    const swapped = [{ ...first, blind: second.blind }, { ...second, blind: first.blind }, third];
    expect(tokensOpen(swapped)).toBe(false);
  });
});
