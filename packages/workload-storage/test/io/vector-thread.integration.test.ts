import { pedersenSuite } from "@neurond/crypto";
import { expect, test } from "vitest";
import { VectorThread } from "../../io/index.ts";
import { VectorCommitter } from "../../src/opening/index.ts";
import { dataNamed } from "../test-data.ts";

const LONG = AbortSignal.timeout(60_000);

test("commitments of a thread are those of the bytes, and a refusal stops no later shard", async () => {
  await using thread = new VectorThread();
  const sealed = dataNamed("vector thread", 700);
  const committer = new VectorCommitter({ suite: pedersenSuite(2), sectors: 4, blinding: null });
  committer.update(sealed);
  const due = committer.finish();
  const [first, refused, second] = await Promise.allSettled([
    thread.commit(sealed, { suite: 2, sectors: 4 }, LONG),
    thread.commit(sealed, { suite: 2, sectors: 5 }, LONG),
    thread.commit(sealed, { suite: 2, sectors: 4 }, LONG),
  ]);
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "PLAN_INVALID" } });
  for (const settled of [first, second]) {
    if (settled.status === "rejected") throw settled.reason;
    const points = settled.value.commitments.map((point) => Buffer.from(point).toString("hex"));
    expect(points).toEqual(due.commitments.map((point) => Buffer.from(point).toString("hex")));
  }
  expect(sealed.length).toBe(700);
  const cut = thread.commit(sealed, { suite: 2, sectors: 4 }, LONG);
  await Promise.all([
    thread[Symbol.asyncDispose](),
    expect(cut).rejects.toMatchObject({ name: "AbortError" }),
    expect(thread.commit(sealed, { suite: 2, sectors: 4 }, LONG)).rejects.toBeDefined(),
  ]);
});
