import { describe, expect, it } from "vitest";
import type { BlockContext } from "../../src/frame/dispatch.ts";
import { mortalEra } from "../../src/node/era.ts";
import { headerJson } from "../../src/node/header.ts";
import type { Node } from "../../src/node/node.ts";
import type { TransactionStatus } from "../../src/node/watchers.ts";
import { systemErrors } from "../../src/pallets/system/events.ts";
import {
  account as accounts,
  blockHash,
  eventCount,
  number,
} from "../../src/pallets/system/storage.ts";
import { now } from "../../src/pallets/timestamp.ts";
import type { StateReader } from "../../src/state/state.ts";
import { alice, bob, callOf, endow, GENESIS_MS, keyOf, makeNode, remark, sign } from "./fixture.ts";

function stateOf(node: Node, height = node.best.number): StateReader {
  const block = node.blocks.byNumber(height);
  const state = block && node.stateAt(block);
  if (!state) throw new Error(`no state at ${height}`);
  return state;
}

const transfer = (node: Node, value: bigint) =>
  callOf(node, "Balances", "transfer_keep_alive", {
    dest: { tag: "Id", value: keyOf(bob) },
    value,
  });

/** The entry `System.Events`, which starts with the number of its events. */
const EVENTS = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";

describe("a block", () => {
  it("carries its parent, its time and its number into the state", () => {
    const node = makeNode();
    const { hash } = node.blocks.genesis;
    const first = node.produce();
    const second = node.produce();
    expect(second.header.parent_hash).toBe(first.hash);
    const state = stateOf(node);
    expect(number.get(state)).toBe(2);
    expect(blockHash.get(state, 0)).toBe(hash);
    expect(blockHash.get(state, 1)).toBe(first.hash);
    expect(now.get(state)).toBe(BigInt(GENESIS_MS + 24_000));
    expect(now.get(stateOf(node, 1))).toBe(BigInt(GENESIS_MS + 12_000));
    expect(headerJson(second.header).digest.logs[0]).toMatch(/^0x066175726120[0-9a-f]{16}$/);
  });

  it("holds the time and then what the pool had ready, with an event for each", () => {
    const node = makeNode();
    node.submit(sign(node, alice, transfer(node, 5n)));
    node.produce();
    expect(node.best.extrinsics).toHaveLength(2);
    // Timestamp success; withdraw, transfer, fee paid, success.
    expect(eventCount.get(stateOf(node))).toBe(5);
    expect(stateOf(node).get(EVENTS)?.[0]).toBe(5 << 2);
  });

  it("takes fee and nonce of a call that fails, and nothing else", () => {
    const node = makeNode();
    const before = accounts.get(stateOf(node), keyOf(alice));
    node.submit(sign(node, alice, transfer(node, 10n ** 18n)));
    node.produce();
    const after = accounts.get(stateOf(node), keyOf(alice));
    expect(after.nonce).toBe(before.nonce + 1);
    expect(after.data.free).toBeLessThan(before.data.free);
    expect(before.data.free - after.data.free).toBeLessThan(1_000_000n);
    expect(accounts.get(stateOf(node), keyOf(bob))).toEqual(
      accounts.get(stateOf(node, 0), keyOf(bob)),
    );
  });

  it("goes on without an extrinsic on which the runtime breaks", () => {
    const broken: unknown[] = [];
    const guard = (_view: unknown, _account: unknown, call: { call: number }) => {
      if (call.call === 7) throw new Error("boom");
      return undefined;
    };
    const node = makeNode({ guard, onBroken: (cause) => broken.push(cause) });
    const poison = callOf(node, "System", "remark_with_event", { remark: new Uint8Array(1) });
    const batch = callOf(node, "Utility", "batch", { calls: [poison] });
    const heard: TransactionStatus[] = [];
    node.submit(sign(node, alice, batch), (s) => heard.push(s));
    node.submit(sign(node, bob, remark(node, "fine")));
    node.produce();
    expect(node.best.extrinsics).toHaveLength(2);
    expect(broken).toHaveLength(1);
    expect(heard).toEqual(["ready", "invalid"]);
    expect(accounts.get(stateOf(node), keyOf(alice)).nonce).toBe(0);
  });

  it("does not run a batch with a batch inside", () => {
    const node = makeNode();
    const inner = callOf(node, "Utility", "batch", { calls: [] });
    expect(dry(node, [inner])).toMatchObject({
      kind: "included",
      failure: {
        tag: "Module",
        value: { index: 0, error: Uint8Array.of(5, 0, 0, 0) },
      },
    });
  });

  it("asks the guards for calls inside others, and gives their module error", () => {
    const guard = (_view: unknown, _account: unknown, call: { call: number }) =>
      call.call === 7 ? { custom: 255, error: systemErrors.NonZeroRefCount } : undefined;
    const node = makeNode({ guard });
    const guarded = callOf(node, "System", "remark_with_event", { remark: new Uint8Array(1) });
    const call = callOf(node, "Utility", "batch_all", { calls: [guarded] });
    expect(node.dryRun(sign(node, alice, call))).toMatchObject({
      kind: "included",
      failure: { tag: "Module", value: { index: 0, error: Uint8Array.of(4, 0, 0, 0) } },
    });
  });

  it("leaves no trace of a dry run", () => {
    const node = makeNode();
    const root = node.produce().header.state_root;
    expect(node.dryRun(sign(node, alice, transfer(node, 5n)))).toMatchObject({ kind: "included" });
    expect(accounts.get(stateOf(node), keyOf(alice)).nonce).toBe(0);
    const other = makeNode();
    expect(other.produce().header.state_root).toBe(root);
    expect(node.produce().hash).toBe(other.produce().hash);
  });
});

const dry = (node: Node, calls: readonly unknown[]) =>
  node.dryRun(sign(node, alice, callOf(node, "Utility", "batch", { calls })));

describe("a chain", () => {
  const story = (node: Node) => {
    node.submit(sign(node, alice, transfer(node, 5n)));
    node.produce();
    node.schedule((context: BlockContext) => context.state.set("0xabcd", Uint8Array.of(1)));
    node.submit(sign(node, bob, remark(node, "b")));
    node.produce();
    return node.produce().hash;
  };

  it("has the same hashes after the same calls", () => {
    // Schnorr signatures are random, so the bytes are made once and sent twice.
    const one = makeNode();
    const two = makeNode();
    const bytes = sign(one, alice, transfer(one, 5n));
    for (const node of [one, two]) {
      node.submit(bytes);
      node.produce();
      node.produce();
    }
    expect(one.best.hash).toBe(two.best.hash);
    expect(story(makeNode())).not.toBe(one.best.hash);
  });

  it("finalises so many blocks behind the best one", () => {
    const node = makeNode({ finalityLag: 2 });
    const final: number[] = [];
    node.finalizedBlocks.listen((block) => final.push(block.number));
    for (let i = 0; i < 5; i += 1) node.produce();
    expect(final).toEqual([1, 2, 3]);
    expect(node.finalized.number).toBe(3);
  });

  it("replaces blocks that are not final, and puts their extrinsics into the new ones", () => {
    const node = makeNode({ finalityLag: 3 });
    node.produce();
    const heard: TransactionStatus[] = [];
    node.submit(sign(node, alice, transfer(node, 5n)), (s) => heard.push(s));
    const old = node.produce();
    node.produce();
    const heads: number[] = [];
    node.imported.listen(({ block }) => heads.push(block.number));
    expect(node.reorganise(2)).toBe(true);
    expect(heads).toEqual([2, 3, 4]);
    const fresh = node.blocks.byNumber(2);
    expect(fresh?.hash).not.toBe(old.hash);
    expect(node.blocks.byHash(old.hash)).toBe(old);
    expect(node.stateAt(old)).toBeUndefined();
    expect(heard).toEqual([
      "ready",
      { inBlock: old.hash },
      { retracted: old.hash },
      "ready",
      { inBlock: fresh?.hash },
    ]);
    expect(accounts.get(stateOf(node), keyOf(alice)).nonce).toBe(1);
    expect(node.reorganise(4)).toBe(false);
  });

  it("throws out a mortal extrinsic whose birth block was replaced", () => {
    const node = makeNode({ finalityLag: 5 });
    for (let i = 0; i < 4; i += 1) node.produce();
    const heard: TransactionStatus[] = [];
    const mortal = { era: mortalEra(4, 4), birth: node.best.hash };
    node.submit(sign(node, alice, remark(node, "m"), mortal), (s) => heard.push(s));
    const { hash } = node.produce();
    node.reorganise(2);
    expect(heard).toEqual(["ready", { inBlock: hash }, { retracted: hash }, "ready", "invalid"]);
  });

  it("is as it was when a block could not be made", () => {
    let fails = false;
    const node = makeNode({
      genesis: (state) => endow(state, alice),
    });
    node.imported.listen(() => {
      if (fails) throw new Error("listener");
    });
    node.produce();
    node.schedule(() => {
      throw new Error("operation");
    });
    expect(() => node.produce()).toThrow("operation");
    expect(number.get(stateOf(node))).toBe(1);
    fails = true;
    expect(() => node.produce()).toThrow("listener");
    expect(number.get(stateOf(node))).toBe(2);
    fails = false;
    expect(node.produce().number).toBe(3);
  });

  it("forgets states beyond the pruning window, not headers", () => {
    const node = makeNode({ pruning: 10 });
    for (let i = 0; i < 70; i += 1) node.produce();
    const at = (height: number) => node.stateAt(node.blocks.byNumber(height) ?? node.best);
    expect(at(59)).toBeUndefined();
    expect(now.get(stateOf(node, 60))).toBe(BigInt(GENESIS_MS + 60 * 12_000));
    expect(accounts.get(stateOf(node, 60), keyOf(alice)).nonce).toBe(0);
    expect(node.blocks.byNumber(3)?.number).toBe(3);
  });

  it("may be moved forward in time, never back", () => {
    const node = makeNode();
    node.produce();
    expect(node.setTime(GENESIS_MS)).toBe(false);
    expect(node.setTime(GENESIS_MS + 1_000_000)).toBe(true);
    node.produce();
    expect(node.nowMs()).toBe(GENESIS_MS + 1_000_000);
    node.produce();
    expect(node.nowMs()).toBe(GENESIS_MS + 1_012_000);
  });
});

describe("a runtime upgrade", () => {
  it("takes effect after the block that makes it, and outdates signatures", () => {
    const node = makeNode();
    const bytes = sign(node, alice, remark(node, "old"), { nonce: 1 });
    const heard: TransactionStatus[] = [];
    node.submit(bytes, (s) => heard.push(s));
    node.upgrade({ profile: "424", specVersion: 425 });
    const block = node.produce();
    expect(headerJson(block.header).digest.logs).toContain("0x08");
    expect(node.runtimeAt(node.blocks.genesis).version.specVersion).toBe(424);
    expect(node.runtimeAt(block).version.specVersion).toBe(425);
    expect(heard).toEqual(["future", "invalid"]);
    expect(node.submit(sign(node, alice, remark(node, "new"))).kind).toBe("accepted");
    expect(headerJson(node.produce().header).digest.logs).not.toContain("0x08");
  });

  it("comes from set_code as well: foreign code is the next version of the same rules", () => {
    const node = makeNode();
    const inner = callOf(node, "System", "set_code", { code: new Uint8Array(100) });
    node.submit(sign(node, alice, callOf(node, "Sudo", "sudo", { call: inner })));
    node.produce();
    expect(node.best.code).toEqual({ profile: "424", specVersion: 425 });
  });
});
