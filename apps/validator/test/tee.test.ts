import { expect, test } from "vitest";
import { tee } from "../src/storage/passing/tee.ts";

async function* pieces(count: number, failAt = -1) {
  for (let at = 0; at < count; at += 1) {
    if (at === failAt) throw new Error("the body broke");
    yield Uint8Array.of(at);
  }
}
async function read(source: AsyncIterable<Uint8Array>): Promise<number[]> {
  const seen: number[] = [];
  for await (const [value = -1] of source) seen.push(value);
  return seen;
}

test("both readers get all of it, neither more than a piece ahead", async () => {
  const { body, copy } = tee(pieces(5));
  let ahead = 0;
  let most = 0;
  const first = (async () => {
    for await (const _ of body) most = Math.max(most, ++ahead);
  })();
  const second = (async () => {
    for await (const _ of copy) ahead -= 1;
  })();
  await Promise.all([first, second]);
  expect(most).toBeLessThanOrEqual(2);
});

test("a copy that is let go does not hold the body up", async () => {
  const { body, copy, release } = tee(pieces(4));
  const reading = read(body);
  expect((await copy.next()).value).toEqual(Uint8Array.of(0));
  release();
  expect(await reading).toEqual([0, 1, 2, 3]);
});

test("a body that breaks, is given up or never begun ends the copy with an error", async () => {
  const broken = tee(pieces(3, 1));
  const outcomes = await Promise.allSettled([read(broken.body), read(broken.copy)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);

  const given = tee(pieces(3));
  const copy = read(given.copy);
  for await (const _ of given.body) break;
  await expect(copy).rejects.toThrow("not read to its end");

  const never = tee(pieces(3));
  const waiting = read(never.copy);
  never.release();
  await expect(waiting).rejects.toThrow("not read to its end");
});

test.each(["given up", "broken", "let go"])(
  "a body that is %s while the copy is at work on a piece ends the copy as well",
  async (how) => {
    const { body, copy, release } = tee(pieces(3));
    await body.next();
    await copy.next();
    if (how === "given up") await body.return(undefined);
    if (how === "broken") await body.throw(new Error("the socket closed")).catch(() => undefined);
    if (how === "let go") release();
    await expect(copy.next()).rejects.toThrow();
  },
);
