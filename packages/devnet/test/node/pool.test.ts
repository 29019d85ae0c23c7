import { describe, expect, it } from "vitest";
import type { TransactionStatus } from "../../src/node/watchers.ts";
import { account as accounts } from "../../src/pallets/system/storage.ts";
import { alice, bob, callOf, hashOf, keyOf, makeNode, remark, sign } from "./fixture.ts";

const included = (node: ReturnType<typeof makeNode>) => node.best.extrinsics.length - 1;

describe("the pool", () => {
  it("puts an account's extrinsics into a block by nonce, however they came", () => {
    const node = makeNode();
    for (const nonce of [2, 0, 3, 1]) {
      node.submit(sign(node, alice, remark(node, `${nonce}`), { nonce }));
    }
    expect(node.pool.readyCount).toBe(4);
    node.produce();
    expect(included(node)).toBe(4);
    expect(node.pool.size).toBe(0);
  });

  it("counts contiguous extrinsics into the next nonce", () => {
    const node = makeNode();
    for (const nonce of [0, 1, 3]) {
      node.submit(sign(node, alice, remark(node, "n"), { nonce }));
    }
    expect(node.pool.nextNonce(keyOf(alice))).toBe(2);
    expect(node.pool.nextNonce(keyOf(bob))).toBe(0);
  });

  it("tells a watcher the whole way: future, ready, in a block, final", () => {
    const node = makeNode({ finalityLag: 1 });
    const heard: TransactionStatus[] = [];
    node.submit(sign(node, alice, remark(node, "1"), { nonce: 1 }), (s) => heard.push(s));
    node.submit(sign(node, alice, remark(node, "0"), { nonce: 0 }));
    const { hash } = node.produce();
    expect(heard).toEqual(["future", "ready", { inBlock: hash }]);
    node.produce();
    node.produce();
    expect(heard).toEqual(["future", "ready", { inBlock: hash }, { finalized: hash }]);
  });

  it("knows what it has, and keeps the first of two with one nonce", () => {
    const node = makeNode();
    const first = sign(node, alice, remark(node, "a"), { nonce: 0 });
    node.submit(first);
    expect(node.submit(first).kind).toBe("known");
    const rival = sign(node, alice, remark(node, "b"), { nonce: 0, tip: 1_000n });
    expect(node.submit(rival)).toEqual({ kind: "outbid", old: 1n, new: 1n });
  });

  it("bans what was invalid for half an hour of the chain's time", () => {
    const node = makeNode();
    const bytes = sign(node, alice, remark(node, "a"), { specVersion: 1 });
    expect(node.submit(bytes).kind).toBe("refused");
    expect(node.submit(bytes).kind).toBe("banned");
    for (let i = 0; i < 151; i += 1) node.produce();
    expect(node.submit(bytes).kind).toBe("refused");
  });

  it("throws out what a block made impossible", () => {
    const node = makeNode();
    const heard: TransactionStatus[] = [];
    const free = accounts.get(node.stateAt(node.best) ?? fail(), keyOf(alice)).data.free;
    const transfer = callOf(node, "Balances", "transfer_keep_alive", {
      dest: { tag: "Id", value: keyOf(bob) },
      value: free - 250_000n,
    });
    node.submit(sign(node, alice, transfer, { nonce: 0 }));
    node.submit(sign(node, alice, remark(node, "the last rao"), { nonce: 1 }));
    const third = sign(node, alice, remark(node, "too poor"), { nonce: 2 });
    node.submit(third, (s) => heard.push(s));
    node.submit(sign(node, alice, remark(node, "after that"), { nonce: 3 }));
    node.produce();
    expect(included(node)).toBe(2);
    expect(heard).toEqual(["ready", "invalid"]);
    expect(node.pool.size).toBe(0);
  });

  it("sends back to the future what came after one that was thrown out", () => {
    const node = makeNode();
    const heard: TransactionStatus[] = [];
    const first = sign(node, alice, remark(node, "a"), { nonce: 0 });
    node.submit(first);
    node.submit(sign(node, alice, remark(node, "b"), { nonce: 1 }), (s) => heard.push(s));
    node.pool.invalidate(hashOf(first));
    node.produce();
    expect(included(node)).toBe(0);
    node.submit(sign(node, alice, remark(node, "c"), { nonce: 0 }));
    node.produce();
    expect(included(node)).toBe(2);
    expect(heard.slice(0, 3)).toEqual(["ready", "future", "ready"]);
  });
});

function fail(): never {
  throw new Error("state is missing");
}
