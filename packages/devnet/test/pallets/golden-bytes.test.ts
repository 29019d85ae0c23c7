import { type Hex, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { commitmentsPallet } from "../../src/pallets/commitments/index.ts";
import { CommitmentOf } from "../../src/pallets/commitments/storage.ts";
import { drandPallet } from "../../src/pallets/drand/index.ts";
import { Pulses } from "../../src/pallets/drand/storage.ts";
import { subtensorPallet } from "../../src/pallets/subtensor/index.ts";
import type { Type } from "../../src/scale/type.ts";
import { callNamed } from "./refusals.ts";
import { epochs, neurons, stakes, weights } from "./storage.ts";

const ALICE: Hex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
const BOB: Hex = "0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";
const row = { dests: [0, 1, 5], weights: [65_535, 32_768, 6_553], version_key: 0n };
const sealed = { commit: Uint8Array.of(0xaa, 0xbb), reveal_round: 30_000_000n };
const fill = (byte: number, length: number) => new Uint8Array(length).fill(byte);

const pallets = [subtensorPallet, commitmentsPallet, drandPallet({ beacon: undefined })];

// Encoded by @polkadot/types 16.5.6 from the metadata of spec 424.
const CALLS: readonly [call: string, args: unknown, bytes: Hex][] = [
  ["set_weights", { netuid: 7, ...row }, "0x070007000c0000010005000cffff008099190000000000000000"],
  [
    "set_mechanism_weights",
    { netuid: 7, mecid: 1, ...row },
    "0x07770700010c0000010005000cffff008099190000000000000000",
  ],
  [
    "commit_weights",
    { netuid: 7, commit_hash: toHex(fill(0x11, 32)) },
    "0x076007001111111111111111111111111111111111111111111111111111111111111111",
  ],
  [
    "reveal_weights",
    { netuid: 7, uids: row.dests, values: row.weights, salt: [1, 2, 3, 4], version_key: 0n },
    "0x076107000c0000010005000cffff008099191001000200030004000000000000000000",
  ],
  [
    "commit_timelocked_mechanism_weights",
    { netuid: 7, mecid: 0, ...sealed, commit_reveal_version: 4 },
    "0x077607000008aabb80c3c901000000000400",
  ],
  [
    "commit_timelocked_weights",
    { netuid: 7, ...sealed, commit_reveal_version: 4 },
    "0x0771070008aabb80c3c901000000000400",
  ],
  [
    "set_commitment",
    { netuid: 7, info: { fields: [{ tag: "Raw5", value: new TextEncoder().encode("hello") }] } },
    "0x12000700040668656c6c6f",
  ],
  [
    "set_commitment",
    { netuid: 7, info: { fields: [{ tag: "BigRaw", value: fill(0, 200) }] } },
    `0x1200070004882103${"00".repeat(200)}`,
  ],
];

const SM = "0x658faa385070e074c85bf6b568cf0555";
const KEYS: readonly [what: string, key: Hex, expected: string][] = [
  [
    "Axons 7 Alice",
    neurons.Axons.key(7, ALICE),
    `${SM}b4e0c7b1d5f74994fcd58c28ab601fec0700de1e86a9a8c739864cf3cc5ec2bea59f${ALICE.slice(2)}`,
  ],
  [
    "Uids 7 Alice",
    neurons.Uids.key(7, ALICE),
    `${SM}aab1b4e78e1ea8305462ee53b3686dc80700de1e86a9a8c739864cf3cc5ec2bea59f${ALICE.slice(2)}`,
  ],
  ["Keys 7 0", neurons.Keys.key(7, 0), `${SM}9f99a2ce711f3a31b2fc05604c93f17907000000`],
  ["LastUpdate 7", neurons.LastUpdate.key(7), `${SM}696e262a16e52255a69d8acd793541460700`],
  [
    "Weights 4103 2",
    weights.Weights.key(4_103, 2),
    `${SM}a1e7036061f484bc3048a64b64e35ec407100200`,
  ],
  [
    "TimelockedWeightCommits 7 42",
    weights.TimelockedWeightCommits.key(7, 42n),
    `${SM}119e1c428ff5c7c6dac4c888a10d1443bc57c078260bbd3c07005343d1b66f8056b52a00000000000000`,
  ],
  [
    "WeightCommits 7 Alice",
    weights.WeightCommits.key(7, ALICE),
    `${SM}9f14c8e879f1adfb03db481d61f6798cbc57c078260bbd3c0700518366b5b1bc7c99${ALICE.slice(2)}`,
  ],
  [
    "RevealPeriodEpochs 7",
    weights.RevealPeriodEpochs.key(7),
    `${SM}8f232bcbac768c1d6201850c60f161edbc57c078260bbd3c0700`,
  ],
  [
    "LiquidAlphaOn 7",
    epochs.LiquidAlphaOn.key(7),
    `${SM}06fbf32f30ce60050a34378b09c777d0dd2aac9a881ef4baa27e2f39e1d467070700`,
  ],
  [
    "AlphaV2 Alice Bob 7",
    stakes.AlphaV2.key(ALICE, BOB, 7),
    `${SM}421d8174603a6a6036511a7619b402f0de1e86a9a8c739864cf3cc5ec2bea59f${ALICE.slice(2)}4f9aea1afa791265fae359272badc1cf${BOB.slice(2)}0700`,
  ],
  [
    "CommitmentOf 7 Alice",
    CommitmentOf.key(7, ALICE),
    `0xca407206ec1ab726b2636c4b145ac287419a60ae8b01e6dcaebd7317e43c69bf0700518366b5b1bc7c99${ALICE.slice(2)}`,
  ],
  [
    "Pulses 1000",
    Pulses.key(1_000n),
    "0xa285cdb66e8b8524ea70b1693c7b1e050d8e70fd32bfb1639703f9a23d15b15e646b8858c86fefefe34a7c69e60c9917e803000000000000",
  ],
];

/** A value beside the type that writes it. */
const value = <T>(type: Type<T>, of: T): Hex => toHex(type.codec.enc(of));
const VALUES: readonly [what: string, bytes: Hex, expected: string][] = [
  [
    "Axons",
    value(neurons.Axons.type, {
      block: 5n,
      version: 1,
      ip: 134_744_072n,
      port: 8_091,
      ip_type: 4,
      protocol: 4,
      placeholder1: 0,
      placeholder2: 0,
    }),
    "0x050000000000000001000000080808080000000000000000000000009b1f04040000",
  ],
  [
    "LastUpdate",
    value(neurons.LastUpdate.type, [1n, 2n, 3n]),
    "0x0c010000000000000002000000000000000300000000000000",
  ],
  [
    "CommitmentOf",
    value(CommitmentOf.type, {
      deposit: 0n,
      block: 3,
      info: { fields: [{ tag: "Raw5", value: new TextEncoder().encode("hello") }] },
    }),
    "0x000000000000000003000000040668656c6c6f",
  ],
  [
    "Pulses",
    value(Pulses.type, { round: 1_000n, randomness: fill(0x22, 32), signature: fill(0x33, 48) }),
    `0xe80300000000000080${"22".repeat(32)}c0${"33".repeat(48)}`,
  ],
];

describe("bytes that clients of spec 424 write and read", () => {
  it.each(CALLS)("call %s", (name, args, bytes) => {
    const pallet = pallets.find(({ calls }) => calls.some((call) => call.name === name));
    if (!pallet) throw new Error(`no pallet has ${name}`);
    const call = callNamed(pallet.calls, name);
    const encoded = Uint8Array.of(pallet.index, call.index, ...call.args.codec.enc(args));
    expect(toHex(encoded)).toBe(bytes);
    expect(call.args.codec.dec(encoded.slice(2))).toEqual(args);
  });

  it.each(KEYS)("key %s", (_, key, expected) => expect(key).toBe(expected));

  it.each(VALUES)("value %s", (_, bytes, expected) => expect(bytes).toBe(expected));

  it("a ciphertext of more than 5000 bytes is no call at all", () => {
    const { args } = callNamed(subtensorPallet.calls, "commit_timelocked_weights");
    const long = { netuid: 7, ...sealed, commit: fill(1, 5_001), commit_reveal_version: 4 };
    const encoded = args.codec.enc(long);
    expect(() => args.codec.dec(encoded)).toThrow(RangeError);
  });
});
