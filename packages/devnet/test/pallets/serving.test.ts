import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { events } from "../../src/pallets/subtensor/events.ts";
import { servingCalls } from "../../src/pallets/subtensor/serving.ts";
import { account, signed } from "../context.ts";
import { type Attempt, atBlock, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { limits, neurons } from "./storage.ts";
import { chainWithSubnet, hotkey, NETUID } from "./subnet.ts";

const EIGHTS = 0x0808_0808n;
const endpoint = { netuid: NETUID, version: 1, ip: EIGHTS, port: 8_091, ip_type: 4 };
const axon = { ...endpoint, protocol: 4, placeholder1: 0, placeholder2: 0 };
type Axon = { -readonly [K in keyof typeof axon]: (typeof axon)[K] };
type Prometheus = { -readonly [K in keyof typeof endpoint]: (typeof endpoint)[K] };

const serve = callNamed(servingCalls, "serve_axon");
const serveTls = callNamed(servingCalls, "serve_axon_tls");
const prometheus = callNamed(servingCalls, "serve_prometheus");
const LOOPBACK = 0x7f00_0001n;

describe("serving an axon", () => {
  const hopeless = (): Attempt<Axon> => {
    const chain = chainWithSubnet();
    neurons.Axons.set(chain.state, [NETUID, hotkey(0)], { ...axon, block: 999n });
    const args = { ...axon, ip: LOOPBACK, ip_type: 5, port: 0 };
    return { chain, origin: signed(account(99)), args };
  };
  testRefusals<Axon>(serve, hopeless, [
    ["the hotkey is not registered", "HotKeyNotRegisteredInNetwork", from(signed(hotkey(0)))],
    ["there is no such kind of address", "InvalidIpType", withArgs({ ip_type: 4 })],
    ["nobody can reach the address", "InvalidIpAddress", withArgs({ ip: EIGHTS })],
    ["it was served a block ago", "ServingRateLimitExceeded", atBlock(1_049)],
    ["nothing listens on port 0", "InvalidPort", withArgs({ port: 8_091 })],
  ]);

  it.each<[what: string, ip_type: number, ip: bigint, outcome: string]>([
    ["the highest v4 address", 4, 0xffff_ffffn, "InvalidIpAddress"],
    ["more than 32 bits of v4", 4, 0x1_0000_0000n, "InvalidIpAddress"],
    ["127.0.0.1", 4, LOOPBACK, "InvalidIpAddress"],
    ["127.0.0.2", 4, LOOPBACK + 1n, "ok"],
    ["10.0.0.1, a private one", 4, 0x0a00_0001n, "ok"],
    ["0.0.0.0, which clears", 4, 0n, "ok"],
    ["::1", 6, 1n, "InvalidIpAddress"],
    ["all ones of v6", 6, 2n ** 128n - 1n, "InvalidIpAddress"],
    [":: of v6, which clears", 6, 0n, "ok"],
  ])("answers %s", (_what, ip_type, ip, outcome) =>
    expect(chainWithSubnet().call(serve, signed(hotkey(0)), { ...axon, ip_type, ip })).toBe(
      outcome,
    ),
  );

  it("stores the endpoint with the block and says so", () => {
    const chain = chainWithSubnet();
    expect(chain.call(serve, signed(hotkey(0)), axon)).toBe("ok");
    const { netuid: _, ...info } = axon;
    expect(neurons.Axons.get(chain.state, NETUID, hotkey(0))).toEqual({ ...info, block: 1_000n });
    expect(chain.takeEvents()).toEqual([toHex(events.AxonServed(NETUID, hotkey(0)))]);
  });

  it("may be served in every block where the limit is zero", () => {
    const chain = chainWithSubnet();
    limits.ServingRateLimit.set(chain.state, [NETUID], 0n);
    chain.call(serve, signed(hotkey(0)), axon);
    expect(chain.call(serve, signed(hotkey(0)), axon)).toBe("ok");
  });

  it.each<[what: string, length: number, stored: boolean]>([
    ["stores a key of 64 bytes", 65, true],
    ["stores an empty key", 1, true],
    ["drops a longer key without a word", 66, false],
    ["drops a certificate without an algorithm", 0, false],
  ])("with a certificate, %s", (_what, length, stored) => {
    const chain = chainWithSubnet();
    const certificate = new Uint8Array(length).fill(7);
    expect(chain.call(serveTls, signed(hotkey(0)), { ...axon, certificate })).toBe("ok");
    const found = neurons.NeuronCertificates.get(chain.state, NETUID, hotkey(0));
    const expected = { algorithm: 7, public_key: certificate.subarray(1) };
    expect(found).toEqual(stored ? expected : undefined);
    expect(neurons.Axons.has(chain.state, NETUID, hotkey(0))).toBe(true);
  });
});

describe("serving prometheus", () => {
  const hopeless = (): Attempt<Prometheus> => {
    const chain = chainWithSubnet();
    neurons.Prometheus.set(chain.state, [NETUID, hotkey(0)], { ...endpoint, block: 999n });
    const args = { ...endpoint, ip: 0n, ip_type: 5, port: 0 };
    return { chain, origin: signed(account(99)), args };
  };
  testRefusals<Prometheus>(prometheus, hopeless, [
    ["there is no such kind of address", "InvalidIpType", withArgs({ ip_type: 4 })],
    ["zero is no address here", "InvalidIpAddress", withArgs({ ip: EIGHTS })],
    ["the hotkey is not registered", "HotKeyNotRegisteredInNetwork", from(signed(hotkey(0)))],
    ["it was served a block ago", "ServingRateLimitExceeded", atBlock(1_049)],
    ["nothing listens on port 0", "InvalidPort", withArgs({ port: 9_090 })],
  ]);
});
