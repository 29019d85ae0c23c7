import type { Neuron } from "@neurond/chain";
import { keypairFromUri } from "@neurond/crypto";
import { type Hotkey, hotkeyOf, toBlockNumber, toNetuid, toRao } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { admitValidators } from "../src/admission.ts";
import { announceAxon } from "../src/axon.ts";
import { SubnetView } from "../src/subnet-view.ts";
import { metagraphOf, neuronOf, signal } from "./harness.ts";

const keyOf = (name: string) => keypairFromUri(`//${name}`);
const nameOf = (name: string) => hotkeyOf(keyOf(name).publicKey);
const [validator, miner, stranger, client] = ["V", "M", "S", "C"].map(nameOf) as [
  Hotkey,
  Hotkey,
  Hotkey,
  Hotkey,
];
const hash = `0x${"00".repeat(32)}` as const;

const axonAt = (ip: string, port: number) => ({
  block: toBlockNumber(3),
  version: 1,
  ip,
  port,
  protocol: 4,
});

describe("who may call a miner", () => {
  const subnet = metagraphOf([
    neuronOf(0, validator, { validatorPermit: true, totalStake: toRao(5n) }),
    neuronOf(1, miner),
  ]);
  const rules = {
    allow: new Set([client]),
    deny: new Set<Hotkey>(),
    minStakeRao: toRao(5n),
  };
  const codeOf = (admit: ReturnType<typeof admitValidators>, sender: Hotkey) => {
    const admission = admit(sender);
    return admission.admitted ? "admitted" : admission.code;
  };

  it("is a validator with a permit and enough stake, or somebody the operator named", () => {
    const admit = admitValidators(() => subnet, rules);
    expect(codeOf(admit, validator)).toBe("admitted");
    expect(codeOf(admit, client)).toBe("admitted");
    expect(codeOf(admit, miner)).toBe("NO_PERMIT");
    expect(codeOf(admit, stranger)).toBe("NOT_REGISTERED");
    const richer = admitValidators(() => subnet, { ...rules, minStakeRao: toRao(6n) });
    expect(codeOf(richer, validator)).toBe("LOW_STAKE");
  });

  it("is nobody whom the operator denied, permit or not", () => {
    const deny = new Set([validator, client]);
    const admit = admitValidators(() => subnet, { ...rules, deny });
    expect(codeOf(admit, validator)).toBe("SENDER_NOT_ALLOWED");
    expect(codeOf(admit, client)).toBe("SENDER_NOT_ALLOWED");
  });

  it("is no validator at all once the metagraph is too old", async () => {
    let now = 0;
    const view = new SubnetView({
      chain: { metagraph: async () => subnet },
      netuid: toNetuid(2),
      staleMs: 1_000,
      now: () => now,
    });
    const admit = admitValidators(() => view.current(), rules);
    expect(codeOf(admit, validator)).toBe("METAGRAPH_UNAVAILABLE");
    await view.refresh(signal);
    now = 1_000;
    expect(codeOf(admit, validator)).toBe("admitted");
    now = 1_001;
    expect(codeOf(admit, validator)).toBe("METAGRAPH_UNAVAILABLE");
    expect(codeOf(admit, client)).toBe("admitted");
  });

  it("is judged by the last view while the chain cannot be read", async () => {
    let fails = false;
    const metagraph = async () => {
      if (fails) throw new Error("no answer");
      return subnet;
    };
    const options = { chain: { metagraph }, netuid: toNetuid(2), staleMs: 1_000, now: () => 0 };
    const view = new SubnetView(options);
    await view.refresh(signal);
    fails = true;
    await expect(view.refresh(signal)).rejects.toThrow("no answer");
    expect(view.current()).toBe(subnet);
  });
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
