import { keypairFromUri, roundRandomness, signRound, verifyRound } from "@neurond/crypto";
import { drandRoundTime, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { CommitmentOf, TimelockedIndex } from "../../src/pallets/commitments/storage.ts";
import { localBeaconConfig } from "../../src/pallets/drand/beacon.ts";
import { drandEvents } from "../../src/pallets/drand/events.ts";
import { drandPallet } from "../../src/pallets/drand/index.ts";
import {
  BeaconConfig,
  LastStoredRound,
  OldestStoredRound,
  Pulses,
} from "../../src/pallets/drand/storage.ts";
import { type Pulse, type PulsesPayload, pulsesPayload } from "../../src/pallets/drand/types.ts";
import { now } from "../../src/pallets/timestamp.ts";
import { account, NONE, ROOT, signed, TestChain } from "../context.ts";
import { callNamed } from "./refusals.ts";
import { BEACON } from "./sealed.ts";
import { weights } from "./storage.ts";

const pallet = drandPallet({ beacon: BEACON });
const write = callNamed(pallet.calls, "write_pulse");

function pulse(round: bigint, secret = BEACON.secret): Pulse {
  const signature = signRound(secret, round);
  return { round, signature, randomness: roundRandomness(signature) };
}

const offchainWorker = keypairFromUri("//Alice");
const payloadOf = (pulses: Pulse[], block_number = 1): PulsesPayload => ({
  block_number,
  pulses,
  public: { tag: "Sr25519", value: offchainWorker.publicKey },
});
const argsOf = (payload: PulsesPayload) => ({
  pulses_payload: payload,
  signature: {
    tag: "Sr25519" as const,
    value: offchainWorker.sign(pulsesPayload.codec.enc(payload)),
  },
});

function localChain(): TestChain {
  const chain = new TestChain();
  BeaconConfig.set(chain.state, [], localBeaconConfig(BEACON.publicKey));
  return chain;
}

describe("writing pulses", () => {
  it("is not for signed calls", () => {
    const args = argsOf(payloadOf([pulse(5n)]));
    expect(localChain().call(write, signed(account(1)), args)).toBe("BadOrigin");
  });

  it("stores a pulse of the configured network", () => {
    const chain = localChain();
    expect(chain.call(write, NONE, argsOf(payloadOf([pulse(5n)])))).toBe("ok");
    expect(Pulses.get(chain.state, 5n)).toEqual(pulse(5n));
    expect(LastStoredRound.get(chain.state)).toBe(5n);
    expect(OldestStoredRound.get(chain.state)).toBe(5n);
    expect(chain.takeEvents()).toEqual([toHex(drandEvents.NewPulse({ rounds: [5n] }))]);
  });

  it("stores what the real quicknet signed, under the configuration of a real chain", () => {
    const chain = new TestChain();
    const signature = Buffer.from(
      "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
      "hex",
    );
    const real = { ...pulse(1_000n), signature: new Uint8Array(signature) };
    expect(chain.call(write, NONE, argsOf(payloadOf([real])))).toBe("ok");
    expect(Pulses.has(chain.state, 1_000n)).toBe(true);
  });

  it("passes over another network's pulse without an error", () => {
    const chain = localChain();
    const foreign = pulse(5n, Uint8Array.from([...BEACON.secret.slice(0, 31), 7]));
    expect(chain.call(write, NONE, argsOf(payloadOf([foreign])))).toBe("ok");
    expect(Pulses.has(chain.state, 5n)).toBe(false);
    expect(chain.takeEvents()).toEqual([]);
  });

  it("refuses what is no signature at all", () => {
    const broken = { ...pulse(5n), signature: Uint8Array.of(1) };
    const args = argsOf(payloadOf([broken]));
    expect(localChain().call(write, NONE, args)).toBe("PulseVerificationError");
  });

  it("goes forward only", () => {
    const chain = localChain();
    expect(chain.call(write, NONE, argsOf(payloadOf([pulse(5n)])))).toBe("ok");
    for (const round of [4n, 5n])
      expect(chain.call(write, NONE, argsOf(payloadOf([pulse(round)])))).toBe("InvalidRoundNumber");
  });

  it("forgets pulses older than a week, a hundred rounds at a time", () => {
    const chain = localChain();
    expect(chain.call(write, NONE, argsOf(payloadOf([pulse(5n)])))).toBe("ok");
    expect(chain.call(write, NONE, argsOf(payloadOf([pulse(216_004n)])))).toBe("ok");
    expect(Pulses.has(chain.state, 5n)).toBe(true);
    expect(chain.call(write, NONE, argsOf(payloadOf([pulse(216_005n)])))).toBe("ok");
    expect(Pulses.has(chain.state, 5n)).toBe(false);
    expect(OldestStoredRound.get(chain.state)).toBe(6n);
    expect(chain.call(write, NONE, argsOf(payloadOf([pulse(300_000n)])))).toBe("ok");
    expect(OldestStoredRound.get(chain.state)).toBe(106n);
  });
});

describe("what the pool takes of unsigned pulses", () => {
  const chain = localChain();
  LastStoredRound.set(chain.state, [], 4n);
  const view = { state: chain.state, block: 1, hash: account(0) };
  const judge = (args: unknown, call = 0) =>
    pallet.validateUnsigned?.(view, { pallet: 26, call, args })?.tag;
  const fresh = argsOf(payloadOf([pulse(5n)]));

  it.each([
    ["one new pulse that the worker signed", undefined, fresh],
    ["no signature", "BadSigner", { ...fresh, signature: undefined }],
    [
      "another payload's signature",
      "BadProof",
      { ...argsOf(payloadOf([pulse(6n)])), ...{ pulses_payload: payloadOf([pulse(5n)]) } },
    ],
    ["a block to come", "Future", argsOf(payloadOf([pulse(5n)], 2))],
    ["no pulse", "Call", argsOf(payloadOf([]))],
    ["two pulses", "Call", argsOf(payloadOf([pulse(5n), pulse(6n)]))],
    ["an old round", "Stale", argsOf(payloadOf([pulse(4n)]))],
  ])("%s: %s", (_, verdict, args) => expect(judge(args)).toBe(verdict));

  it("nothing but write_pulse", () => expect(judge({ oldest_round: 1n }, 2)).toBe("Call"));

  it("and takes the older round first, before any user's extrinsic", () => {
    const priority = (round: bigint) =>
      pallet.unsignedPriority?.({ pallet: 26, call: 0, args: argsOf(payloadOf([pulse(round)])) });
    expect(priority(5n)).toBeGreaterThan(priority(6n) ?? 0n);
    expect(priority(1_000_000_000n)).toBeGreaterThan(1n);
  });
});

describe("root", () => {
  it("may name another network and the oldest round", () => {
    const chain = localChain();
    const setConfig = callNamed(pallet.calls, "set_beacon_config");
    const { public: key } = payloadOf([]);
    const config = { ...BeaconConfig.missing, period: 30 };
    const args = { config_payload: { block_number: 1, config, public: key }, signature: undefined };
    expect(chain.call(setConfig, signed(account(1)), args)).toBe("BadOrigin");
    expect(chain.call(setConfig, ROOT, args)).toBe("ok");
    expect(BeaconConfig.get(chain.state).period).toBe(30);
    const setOldest = callNamed(pallet.calls, "set_oldest_stored_round");
    expect(chain.call(setOldest, NONE, { oldest_round: 9n })).toBe("BadOrigin");
    expect(chain.call(setOldest, ROOT, { oldest_round: 9n })).toBe("ok");
    expect(OldestStoredRound.get(chain.state)).toBe(9n);
  });
});

describe("a chain that plays drand itself", () => {
  const NEWEST = 1_000n;
  function atRound(round: bigint): TestChain {
    const chain = localChain();
    now.set(chain.state, [], BigInt(drandRoundTime(Number(round)) * 1000));
    return chain;
  }
  const rounds = (chain: TestChain) =>
    [...Pulses.entries(chain.state)].map(([[round]]) => round).sort();
  const initialize = (chain: TestChain) => pallet.onInitialize?.(chain.as());

  it("publishes the newest round that was due when the parent was made", () => {
    const chain = atRound(NEWEST);
    initialize(chain);
    expect(rounds(chain)).toEqual([NEWEST]);
    const stored = Pulses.get(chain.state, NEWEST);
    const { public_key } = BeaconConfig.get(chain.state);
    expect(stored && verifyRound(public_key, NEWEST, stored.signature)).toBe(true);
    chain.takeEvents();
    initialize(chain);
    expect(chain.takeEvents()).toEqual([]);
  });

  it("publishes the newest round again when a minute of rounds has passed", () => {
    const chain = atRound(NEWEST);
    initialize(chain);
    for (const [round, last] of [
      [NEWEST + 19n, NEWEST],
      [NEWEST + 20n, NEWEST + 20n],
    ] as const) {
      now.set(chain.state, [], BigInt(drandRoundTime(Number(round)) * 1000));
      initialize(chain);
      expect(LastStoredRound.get(chain.state)).toBe(last);
    }
  });

  it("publishes the rounds that weights and commitments wait for, and none before its time", () => {
    const chain = atRound(NEWEST);
    const who = account(1);
    const commit = (round: bigint): [typeof who, bigint, Uint8Array, bigint] => [
      who,
      1n,
      Uint8Array.of(1),
      round,
    ];
    const commits = [commit(997n), commit(997n), commit(1_001n)];
    weights.TimelockedWeightCommits.set(chain.state, [7, 0n], commits);
    const field = { encrypted: Uint8Array.of(1), reveal_round: 995n };
    const fields = [{ tag: "TimelockEncrypted" as const, value: field }];
    CommitmentOf.set(chain.state, [7, who], { deposit: 0n, block: 1, info: { fields } });
    TimelockedIndex.set(chain.state, [], [[7, who]]);
    initialize(chain);
    expect(chain.takeEvents()).toEqual([
      toHex(drandEvents.NewPulse({ rounds: [995n, 997n, NEWEST] })),
    ]);
    expect(LastStoredRound.get(chain.state)).toBe(NEWEST);
    expect(Pulses.has(chain.state, 1_001n)).toBe(false);
  });

  it("goes back for an awaited round without forgetting the newest", () => {
    const chain = atRound(NEWEST);
    initialize(chain);
    const late: [`0x${string}`, bigint, Uint8Array, bigint] = [
      account(1),
      1n,
      Uint8Array.of(1),
      9n,
    ];
    weights.TimelockedWeightCommits.set(chain.state, [7, 0n], [late]);
    initialize(chain);
    expect(Pulses.has(chain.state, 9n)).toBe(true);
    expect(LastStoredRound.get(chain.state)).toBe(NEWEST);
  });

  it("publishes nothing before the network's genesis, and never without a key", () => {
    const early = localChain();
    initialize(early);
    expect(rounds(early)).toEqual([]);
    expect(drandPallet({ beacon: undefined }).onInitialize).toBeUndefined();
  });
});
