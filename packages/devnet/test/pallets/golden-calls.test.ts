import type { Hex } from "@neurond/primitives";
import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import type { NestedCall } from "../../src/frame/dispatch.ts";
import { account } from "../../src/pallets/system/storage.ts";
import { createRuntime } from "../../src/subtensor-runtime.ts";

const ALICE: Hex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
const BOB: Hex = "0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";
const bob = BOB.slice(2);
const runtime = createRuntime();

function call(path: string, args: unknown): NestedCall {
  const [palletName, name] = path.split(".");
  const pallet = runtime.pallets.find((candidate) => candidate.name === palletName);
  const def = pallet?.calls.find((candidate) => candidate.name === name);
  if (!pallet || !def) throw new Error(`no call ${path}`);
  return { pallet: pallet.index, call: def.index, args };
}

const remark = (...bytes: number[]) => call("System.remark", { remark: Uint8Array.from(bytes) });
const endpoint = { netuid: 7, version: 1, ip: 134_744_072n, port: 8_091, ip_type: 4 };
const axon = { ...endpoint, protocol: 4, placeholder1: 0, placeholder2: 0 };
const stake = { hotkey: BOB, netuid: 7 };

// Encoded by @polkadot/types 16.5.6 from the metadata of spec 424.
const CALLS: readonly [call: NestedCall, bytes: string][] = [
  [remark(1, 2, 3), "0x00000c010203"],
  [call("Timestamp.set", { now: 1_763_634_424_000n }), "0x02000bc0a8cda09a01"],
  [
    call("Balances.transfer_keep_alive", {
      dest: { tag: "Id", value: BOB },
      value: 5_000_000_000n,
    }),
    `0x050300${bob}0700f2052a01`,
  ],
  [
    call("SubtensorModule.serve_axon", axon),
    "0x0704070001000000080808080000000000000000000000009b1f04040000",
  ],
  [
    call("SubtensorModule.serve_axon_tls", { ...axon, certificate: Uint8Array.of(0xde, 0xad) }),
    "0x0728070001000000080808080000000000000000000000009b1f0404000008dead",
  ],
  [call("SubtensorModule.burned_register", { netuid: 7, hotkey: BOB }), `0x07070700${bob}`],
  [call("SubtensorModule.register_network", { hotkey: BOB }), `0x073b${bob}`],
  [
    call("SubtensorModule.add_stake", { ...stake, amount_staked: 1_000_000_000n }),
    `0x0702${bob}070000ca9a3b00000000`,
  ],
  [
    call("SubtensorModule.remove_stake", { ...stake, amount_unstaked: 1_000_000_000n }),
    `0x0703${bob}070000ca9a3b00000000`,
  ],
  [
    call("Sudo.sudo", { call: call("AdminUtils.sudo_set_tempo", { netuid: 7, tempo: 360 }) }),
    "0x0c00131e07006801",
  ],
  [call("Utility.batch", { calls: [remark(0)] }), "0x0b000400000400"],
];

describe("calls as other clients encode them", () => {
  it.each(CALLS)("%#: to bytes and back", (decoded, bytes) => {
    expect(toHex(runtime.runtimeCall.codec.enc(decoded))).toBe(bytes);
    expect(runtime.runtimeCall.codec.dec(bytes)).toEqual(decoded);
  });
});

describe("accounts as other clients find them", () => {
  it("have the key of the chain", () =>
    expect(account.key(ALICE)).toBe(
      `0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9de1e86a9a8c739864cf3cc5ec2bea59f${ALICE.slice(2)}`,
    ));

  it("have the value of the chain", () => {
    const data = { free: 10n ** 15n, reserved: 0n, frozen: 0n, flags: 2n ** 127n };
    const info = { nonce: 3, consumers: 0, providers: 1, sufficients: 0, data };
    expect(toHex(account.type.codec.enc(info))).toBe(
      "0x030000000000000001000000000000000080c6a47e8d03000000000000000000000000000000000000000000000000000000000000000080",
    );
  });
});
