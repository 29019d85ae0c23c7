import fc from "fast-check";
import { expect, it } from "vitest";
import type { Pooled } from "../../src/node/pool.ts";
import { inBlockOrder } from "../../src/node/pool-order.ts";

const item = (over: Partial<Pooled>): Pooled => ({
  hash: "0x",
  bytes: new Uint8Array(),
  extrinsic: { kind: "bare", callBytes: new Uint8Array(), call: { pallet: 0, call: 0, args: {} } },
  account: undefined,
  nonce: 0,
  priority: 1n,
  sequence: 0,
  diesAt: 0,
  ...over,
});

/** Accounts with contiguous nonces, in any order of arrival and with any priorities. */
const pools = fc
  .array(fc.record({ account: fc.nat(3), priority: fc.bigInt(0n, 2n ** 64n - 1n) }), {
    maxLength: 30,
  })
  .chain((made) => {
    const nonces = new Map<number, number>();
    const items = made.map(({ account, priority }) => {
      const nonce = nonces.get(account) ?? 7;
      nonces.set(account, nonce + 1);
      return { account: `0x0${account}` as const, nonce, priority };
    });
    return fc
      .shuffledSubarray(items, { minLength: items.length })
      .map((shuffled) => shuffled.map((each, sequence) => item({ ...each, sequence })));
  });

it("every ready extrinsic is taken once, an account's in the order of their nonces", () => {
  fc.assert(
    fc.property(pools, (ready) => {
      const ordered = inBlockOrder(ready);
      expect(new Set(ordered)).toEqual(new Set(ready));
      expect(ordered).toHaveLength(ready.length);
      const next = new Map<string | undefined, number>();
      for (const { account, nonce } of ordered) {
        expect(nonce).toBe(next.get(account) ?? 7);
        next.set(account, nonce + 1);
      }
    }),
  );
});

it("higher priority goes first, and of equal ones what came first", () => {
  const pulse = item({ priority: 2n ** 64n - 1_000n, sequence: 3 });
  const laterPulse = item({ priority: 2n ** 64n - 1_001n, sequence: 1 });
  const first = item({ account: "0x01", sequence: 0 });
  const second = item({ account: "0x02", sequence: 2 });
  expect(inBlockOrder([second, laterPulse, first, pulse])).toEqual([
    pulse,
    laterPulse,
    first,
    second,
  ]);
});
