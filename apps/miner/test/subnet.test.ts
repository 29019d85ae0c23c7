import type { Neuron } from "@neurond/chain";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toBlockNumber } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { announceAxon } from "../src/axon.ts";
import { metagraphOf, neuronOf, signal } from "./harness.ts";

const keyOf = (name: string) => keypairFromUri(`//${name}`);
const nameOf = (name: string) => hotkeyOf(keyOf(name).publicKey);
const [validator, miner] = [nameOf("V"), nameOf("M")];
const hash = `0x${"00".repeat(32)}` as const;

const axonAt = (ip: string, port: number) => ({
  block: toBlockNumber(3),
  version: 1,
  ip,
  port,
  protocol: 4,
});

describe("announcing the axon", () => {
  const sent: unknown[] = [];
  const chain = {
    serveAxon: async (_: unknown, axon: unknown) => {
      sent.push(axon);
      return { kind: "included", block: toBlockNumber(10), hash, extrinsic: hash } as const;
    },
  };
  const deps = { chain, signer: keyOf("M") };
  const announce = (neurons: readonly Neuron[], endpoint: { ip: string; port: number } | null) =>
    announceAxon(deps, metagraphOf(neurons), endpoint, signal);

  it("sends nothing when the chain has the address already, however it is spelled", async () => {
    sent.length = 0;
    const here = { ip: "203.0.113.7", port: 8091 };
    const settled = { kind: "settled" };
    expect(await announce([neuronOf(1, miner, { axon: axonAt(here.ip, 8091) })], here)).toEqual(
      settled,
    );
    const long = { ip: "2001:db8:0:0::7", port: 1 };
    expect(await announce([neuronOf(1, miner, { axon: axonAt("2001:db8::7", 1) })], long)).toEqual(
      settled,
    );
    expect(await announce([neuronOf(1, miner)], null)).toEqual(settled);
    expect(sent).toEqual([]);
  });

  it("sends the address when the chain has none or another one", async () => {
    sent.length = 0;
    const here = { ip: "203.0.113.7", port: 8091 };
    await announce([neuronOf(1, miner)], here);
    await announce([neuronOf(1, miner, { axon: axonAt("203.0.113.8", 8091) })], here);
    await announce([neuronOf(1, miner, { axon: axonAt("203.0.113.7", 8092) })], here);
    expect(sent).toEqual(Array(3).fill(expect.objectContaining(here)));
  });

  it("sends nothing for a hotkey without a uid", async () => {
    sent.length = 0;
    const here = { ip: "203.0.113.7", port: 8091 };
    expect(await announce([neuronOf(0, validator)], here)).toEqual({ kind: "unregistered" });
    expect(sent).toEqual([]);
  });
});
