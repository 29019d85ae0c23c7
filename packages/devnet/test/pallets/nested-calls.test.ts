import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import type { NestedCall, Origin } from "../../src/frame/dispatch.ts";
import { Dispatcher } from "../../src/node/dispatcher.ts";
import { freeBalance, setFree } from "../../src/pallets/balances/accounts.ts";
import { balanceErrors } from "../../src/pallets/balances/events.ts";
import { allows } from "../../src/pallets/proxy/filter.ts";
import { proxies, proxyExecuted } from "../../src/pallets/proxy/types.ts";
import { guard } from "../../src/pallets/subtensor/guards/guard.ts";
import { sudoKey } from "../../src/pallets/sudo.ts";
import { account as accounts } from "../../src/pallets/system/storage.ts";
import { State } from "../../src/state/state.ts";
import { createRuntime } from "../../src/subtensor-runtime.ts";
import { account, ROOT, signed } from "../context.ts";
import { TAO } from "./funds.ts";

const A = account(0xa1);
const B = account(0xb1);
const C = account(0xc1);
const runtime = createRuntime();

function call(pallet: string, name: string, args: unknown): NestedCall {
  const found = runtime.pallets.find((candidate) => candidate.name === pallet);
  const def = found?.calls.find((candidate) => candidate.name === name);
  if (!found || !def) throw new Error(`no ${pallet}.${name}`);
  return { pallet: found.index, call: def.index, args };
}

const pay = (value: bigint, to = B) =>
  call("Balances", "transfer_keep_alive", { dest: { tag: "Id", value: to }, value });

/** A block in which A has 10 TAO and is sudo. */
function openBlock() {
  const state = new State();
  const dispatcher = new Dispatcher({ runtime, guard }, state, 1, `0x${"00".repeat(32)}`);
  setFree(dispatcher, A, 10n * TAO);
  sudoKey.set(state, [], A);
  dispatcher.takeEvents();
  const run = (what: NestedCall, origin: Origin = signed(A)) =>
    dispatcher.dispatch(what, origin)?.tag ?? "ok";
  /** Pallet and index of the events since the last time. */
  const told = () => dispatcher.takeEvents().map((event) => `${event[0]}.${event[1]}`);
  return { state, dispatcher, run, told };
}

const COMPLETED = "11.1";
const INTERRUPTED = "11.0";
const WITH_ERRORS = "11.2";
const ITEM_OK = "11.3";
const ITEM_FAILED = "11.4";
const NEW_ACCOUNT = ["0.3", "5.0", "5.2"];

describe("a batch", () => {
  it("stops at the first error, and what was done before it stays", () => {
    const { state, run, told } = openBlock();
    const calls = [pay(TAO), pay(99n * TAO), pay(TAO)];
    expect(run(call("Utility", "batch", { calls }))).toBe("ok");
    expect(freeBalance(state, B)).toBe(TAO);
    expect(told()).toEqual([...NEW_ACCOUNT, ITEM_OK, INTERRUPTED]);
  });

  it("of the kind all or nothing undoes everything and fails", () => {
    const { state, run, told } = openBlock();
    expect(run(call("Utility", "batch_all", { calls: [pay(TAO), pay(99n * TAO)] }))).toBe("Token");
    expect(freeBalance(state, B)).toBe(0n);
    expect(told()).toEqual([]);
  });

  it("of the kind that goes on says what failed", () => {
    const { state, run, told } = openBlock();
    expect(run(call("Utility", "force_batch", { calls: [pay(99n * TAO), pay(TAO)] }))).toBe("ok");
    expect(freeBalance(state, B)).toBe(TAO);
    expect(told()).toEqual([ITEM_FAILED, ...NEW_ACCOUNT, ITEM_OK, WITH_ERRORS]);
  });

  it("without errors says that it completed", () => {
    const { run, told } = openBlock();
    run(call("Utility", "batch", { calls: [pay(TAO)] }));
    expect(told().at(-1)).toBe(COMPLETED);
  });

  it("may not contain a batch", () => {
    const { run } = openBlock();
    const inner = call("Utility", "batch_all", { calls: [] });
    expect(run(call("Utility", "batch_all", { calls: [inner] }))).toBe("Module");
  });
});

describe("sudo", () => {
  const set = call("Balances", "force_set_balance", {
    who: { tag: "Id", value: B },
    new_free: TAO,
  });

  it("acts as root", () => {
    const { state, run } = openBlock();
    expect(run(call("Sudo", "sudo", { call: set }))).toBe("ok");
    expect(freeBalance(state, B)).toBe(TAO);
  });

  it("succeeds when the inner call fails, and tells it in the event", () => {
    const { dispatcher, run } = openBlock();
    expect(run(call("Sudo", "sudo", { call: pay(99n * TAO) }))).toBe("ok");
    const [event] = dispatcher.takeEvents();
    // Sudid(Err(BadOrigin)): root has no balance of its own.
    expect(event && toHex(event)).toBe("0x0c000102");
  });

  it("is for the key alone, which it can pass on", () => {
    const { state, run } = openBlock();
    expect(run(call("Sudo", "sudo", { call: set }), signed(B))).toBe("Module");
    expect(run(call("Sudo", "set_key", { new: { tag: "Id", value: B } }))).toBe("ok");
    expect(sudoKey.get(state)).toBe(B);
    expect(run(call("Sudo", "sudo", { call: set }))).toBe("Module");
  });
});

describe("a proxy", () => {
  const delegate = (type: string, delay = 0) => ({
    delegate: { tag: "Id", value: C },
    proxy_type: { tag: type, value: undefined },
    delay,
  });
  const actFor = (inner: NestedCall, force?: string) =>
    call("Proxy", "proxy", {
      real: { tag: "Id", value: A },
      force_proxy_type: force && { tag: force, value: undefined },
      call: inner,
    });

  function withDelegate(type: string, delay = 0) {
    const block = openBlock();
    expect(block.run(call("Proxy", "add_proxy", delegate(type, delay)))).toBe("ok");
    block.told();
    return block;
  }

  it("pays with the other's money", () => {
    const { state, run, dispatcher } = withDelegate("Any");
    expect(run(actFor(pay(TAO)), signed(C))).toBe("ok");
    expect(freeBalance(state, B)).toBe(TAO);
    const executed = proxyExecuted({ result: { tag: "Ok", value: [undefined] } });
    expect(dispatcher.takeEvents().map(toHex).at(-1)).toBe(toHex(executed));
  });

  it("does only what its kind may do, which the event tells", () => {
    const { state, run, dispatcher } = withDelegate("Staking");
    expect(run(actFor(pay(TAO)), signed(C))).toBe("ok");
    expect(freeBalance(state, B)).toBe(0n);
    // ProxyExecuted(Err(System.CallFiltered)).
    expect(dispatcher.takeEvents().map(toHex)).toEqual(["0x100001030005000000"]);
  });

  it.each<[what: string, run: (block: ReturnType<typeof openBlock>) => string]>([
    ["a stranger", ({ run }) => run(actFor(pay(TAO)), signed(B))],
    ["the wrong kind", ({ run }) => run(actFor(pay(TAO), "Staking"), signed(C))],
    ["a twin", ({ run }) => run(call("Proxy", "add_proxy", delegate("Any")))],
    [
      "oneself",
      ({ run }) =>
        run(call("Proxy", "add_proxy", { ...delegate("Any"), delegate: { tag: "Id", value: A } })),
    ],
  ])("is not %s", (_what, attempt) => expect(attempt(withDelegate("Any"))).toBe("Module"));

  it("with a delay must announce first", () =>
    expect(withDelegate("Any", 5).run(actFor(pay(TAO)), signed(C))).toBe("Module"));

  it("costs a deposit that comes back", () => {
    const { state, run } = withDelegate("Any");
    expect(accounts.get(state, A).data.reserved).toBe(93_000_000n);
    expect(run(call("Proxy", "remove_proxy", delegate("Any")))).toBe("ok");
    expect(accounts.get(state, A).data.reserved).toBe(0n);
    expect(proxies.get(state, A)).toEqual([[], 0n]);
    expect(run(call("Proxy", "remove_proxy", delegate("Any")))).toBe("Module");
  });

  it("cannot hide a forbidden call in a batch", () => {
    const batch = call("Utility", "batch", { calls: [pay(TAO)] });
    expect(allows({ tag: "NonTransfer", value: undefined }, batch)).toBe(false);
    expect(allows({ tag: "Transfer", value: undefined }, batch)).toBe(true);
  });
});

describe("system calls", () => {
  it("write storage for root only", () => {
    const { state, run } = openBlock();
    const key = Uint8Array.of(1, 2);
    const write = call("System", "set_storage", { items: [[key, Uint8Array.of(9)]] });
    expect(run(write)).toBe("BadOrigin");
    expect(run(write, ROOT)).toBe("ok");
    expect(state.get("0x0102")).toEqual(Uint8Array.of(9));
  });

  it("tell a remark with its hash when asked", () => {
    const { run, told } = openBlock();
    const remark = new TextEncoder().encode("hello");
    run(call("System", "remark", { remark }));
    expect(told()).toEqual([]);
    run(call("System", "remark_with_event", { remark }));
    expect(told()).toEqual(["0.5"]);
  });

  it("name the pallet's own error by its index", () => {
    const { dispatcher } = openBlock();
    const twice = call("Utility", "batch_all", {
      calls: [call("Utility", "batch", { calls: [] })],
    });
    const value = { index: 0, error: Uint8Array.of(5, 0, 0, 0) };
    expect(dispatcher.dispatch(twice, signed(A))).toEqual({ tag: "Module", value });
    expect(balanceErrors.InsufficientBalance.index).toBe(2);
  });
});
