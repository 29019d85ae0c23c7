import { keypairFromUri } from "@neurond/crypto";
import { describe, expect, it } from "vitest";
import { VerifyPool } from "../src/index.ts";

const alice = keypairFromUri("//Alice");
const message = new TextEncoder().encode("a request");
const good = { publicKey: alice.publicKey, message, signature: alice.sign(message) };
const bad = { ...good, message: new TextEncoder().encode("another request") };

describe("VerifyPool", () => {
  it("gives every caller the verdict on its own signature", async () => {
    await using pool = new VerifyPool({ workers: 2, batch: 4 });
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, i) => pool.verify(i % 3 === 0 ? bad : good)),
    );
    expect(verdicts).toEqual(Array.from({ length: 100 }, (_, i) => i % 3 !== 0));
  });

  it("calls a malformed signature false", async () => {
    await using pool = new VerifyPool({ workers: 1 });
    expect(await pool.verify({ ...good, signature: new Uint8Array(3) })).toBe(false);
  });

  it("refuses at once when too many wait", async () => {
    await using pool = new VerifyPool({ workers: 1, maxQueued: 8 });
    const asked = await Promise.allSettled(Array.from({ length: 40 }, () => pool.verify(good)));
    const refused = asked.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(32);
    expect(refused[0]).toMatchObject({ reason: { code: "VERIFY_POOL_BUSY" } });
  });

  it("lets those ahead who are known, however many others wait", async () => {
    await using pool = new VerifyPool({ workers: 1, maxQueued: 8, batch: 1 });
    const order: string[] = [];
    const others = Array.from({ length: 40 }, () =>
      pool.verify(bad).then(
        () => order.push("other"),
        () => undefined,
      ),
    );
    const known = await pool.verify({ ...good, ahead: true });
    order.push("known");
    await Promise.all(others);
    expect(known).toBe(true);
    expect(order).toHaveLength(9);
    expect(order.indexOf("known")).toBeLessThan(2);
  });

  it("answers those who wait when it closes", async () => {
    const pool = new VerifyPool({ workers: 1 });
    const [waiting] = await Promise.all([
      Promise.allSettled([pool.verify(good)]),
      pool[Symbol.asyncDispose](),
    ]);
    expect(waiting[0]).toMatchObject({ reason: { code: "VERIFY_POOL_CLOSED" } });
    await expect(pool.verify(good)).rejects.toMatchObject({ code: "VERIFY_POOL_CLOSED" });
  });
});
