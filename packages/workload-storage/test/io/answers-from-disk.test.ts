import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex } from "@neurond/primitives";
import { afterAll, expect, test } from "vitest";
import { answerOpening } from "../../io/opening/answer-opening.ts";
import { ShardStore } from "../../io/shard-store.ts";
import { answerToken } from "../../io/token/answer-token.ts";
import { parseSignedReceipt, type SignedReceiptRecord } from "../../src/index.ts";
import { judgeOpening } from "../../src/opening/index.ts";
import { judgeToken } from "../../src/token/index.ts";
import { OpeningWorld } from "../opening/opening-world.ts";
import { signedAnswer } from "../slots.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import { TokenWorld } from "../token/token-world.ts";

const directory = await mkdtemp(join(tmpdir(), "neurond-answers-"));
afterAll(() => rm(directory, { recursive: true, force: true }));
const signal = AbortSignal.timeout(20_000);

/** The bytes every world's first shard has. */
const shardOf = (size: number) => dataNamed("world/0", size);

async function storeWith(receipt: SignedReceiptRecord) {
  const store = await ShardStore.open({ directory: join(directory, receipt.receipt.root) });
  await store.accept(
    parseSignedReceipt(receipt),
    (async function* () {
      yield shardOf(receipt.receipt.size);
    })(),
  );
  return store;
}

test.each([false, true])("an opening is proved from disk, hidden: %s", async (hidden) => {
  const world = await OpeningWorld.make({ suite: 2, sectors: 4, size: 4500, wanted: 40, hidden });
  const store = await storeWith(world.task.receipt);
  const randomness = identNamed("prover randomness");
  const blindKey = hidden ? identNamed("blind key") : null;
  const proof = await answerOpening(world.task, { store, blindKey, randomness }, signal);
  expect(proof).toEqual(world.prove());
  expect(judgeOpening(world.task, signedAnswer(world.seed, proof))).toEqual({ kind: "passed" });
});

test("an opening whose commitments do not hold is refused before anything is read", async () => {
  const { task } = await OpeningWorld.make({ suite: 2, sectors: 4, size: 400, wanted: 2 });
  const store = await storeWith(task.receipt);
  const source = { store, blindKey: null, randomness: identNamed("prover randomness") };
  const forged = { ...task, commitments: task.commitments.toReversed() };
  await expect(answerOpening(forged, source, signal)).rejects.toMatchObject({
    code: "CHALLENGE_REFUSED",
  });
});

test.each([1, 2] as const)("a token of algorithm %i is answered from disk", async (alg) => {
  const world = new TokenWorld(alg, { size: 300_000 });
  const store = await storeWith(world.task.receipt);
  const answer = await answerToken(store, world.task, world.tokenSeed, signal);
  expect(judgeToken(world.task, await world.evidence(answer))).toEqual({ kind: "passed" });
});

test("a seed other than the committed one is not answered", async () => {
  const world = new TokenWorld(1, { size: 500 });
  const store = await storeWith(world.task.receipt);
  await expect(
    answerToken(store, world.task, fromHex(`0x${"00".repeat(32)}`), signal),
  ).rejects.toMatchObject({ code: "CHALLENGE_REFUSED", context: { reason: "SEED_MISMATCH" } });
});

test("a shard that is gone is not answered for", async () => {
  const world = new TokenWorld(2, { size: 501 });
  const store = await ShardStore.open({ directory: join(directory, "empty") });
  await expect(answerToken(store, world.task, world.tokenSeed, signal)).rejects.toMatchObject({
    code: "SHARD_MISSING",
  });
});
