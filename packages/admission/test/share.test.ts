import {
  decodeSubnet,
  encodeSubnet,
  type ReadPass,
  type Subnet,
  SubnetReader,
  type SubnetShare,
  SubnetView,
  subnetShareMemory,
} from "@neurond/admission";
import { keepFresh } from "@neurond/admission/io";
import { shareContract } from "@neurond/admission/share-contract";
import { CodedError, toNetuid, toRao } from "@neurond/primitives";
import { ManualClock } from "@neurond/testing";
import { codeOf } from "@neurond/testing/coded";
import { describe, expect, it, test } from "vitest";
import { NETUID, neuronOf, subnetOf } from "./subnet.ts";

describe("the share in memory keeps the contract", () => {
  for (const { name, run } of shareContract) {
    test(name, async () => {
      const clock = new ManualClock();
      const share = subnetShareMemory(clock.now);
      const elapse = async (milliseconds: number) => clock.advance(milliseconds);
      await run({ one: share(), other: share(), elapse });
    });
  }
});

describe("a subnet as text", () => {
  const neurons = [
    neuronOf(1, { validatorPermit: true, alphaStake: toRao(2n ** 63n), totalStake: toRao(1n) }),
    neuronOf(2),
  ];
  const text = encodeSubnet({ subnet: subnetOf(neurons), readAtMs: 1_763_650_000_123 });

  it("is read as it was written", () => {
    expect(decodeSubnet(text)).toEqual({ subnet: subnetOf(neurons), readAtMs: 1_763_650_000_123 });
  });

  it("is refused when it is anything else", () => {
    const wrong = [
      "",
      "{}",
      "[]",
      text.replace("subnet/1", "subnet/2"),
      text.replace('"0"', '"-1"'),
      text.replace('"0"', '"x"'),
      text.replace("0x01", "0x"),
      text.replace("[2,", "[99999,"),
      text.slice(0, -1),
      `[${" ".repeat(5_000_000)}]`,
    ];
    for (const other of wrong) expect(codeOf(() => decodeSubnet(other))).toBe("SUBNET_UNREADABLE");
  });
});

/** Processes that share a memory and a chain. */
function processes() {
  const clock = new ManualClock();
  const shares = subnetShareMemory(clock.now);
  const chain = { asked: 0, isDown: false, block: 1 };
  const failures: unknown[] = [];
  const read = async (): Promise<Subnet> => {
    chain.asked += 1;
    if (chain.isDown) throw new CodedError("CHAIN_DOWN", "no answer");
    return subnetOf([neuronOf(1)], chain.block);
  };
  const start = (share: SubnetShare = shares(), netuid = NETUID) => {
    const view = new SubnetView({ staleMs: 60_000, now: clock.now });
    const options = { view, netuid, read, share, leaseMs: 15_000, trustMs: 30_000, now: clock.now };
    const reader = new SubnetReader({ ...options, onShareFailed: (cause) => failures.push(cause) });
    return { view, reader };
  };
  return { clock, chain, failures, shares, start };
}

const passes = async (...readers: readonly { readonly reader: SubnetReader }[]) => {
  const done: ReadPass[] = [];
  for (const { reader } of readers) done.push(await reader.pass());
  return done;
};

describe("of several processes", () => {
  it("one asks the chain, and the others use what it read, as old as it is", async () => {
    const { clock, chain, start } = processes();
    const [one, two, three] = [start(), start(), start()];
    expect(await passes(one, two, three)).toEqual(["read", "shared", "shared"]);
    expect(chain.asked).toBe(1);
    clock.advance(5_000);
    expect(await passes(two)).toEqual(["unchanged"]);
    expect(two.view.ageMs()).toBe(5_000);
    chain.block = 2;
    expect(await passes(one, two)).toEqual(["read", "shared"]);
    expect(two.view.current()?.block).toBe(2);
  });

  it("another takes over when the reader is gone", async () => {
    const { clock, chain, start } = processes();
    const [one, two] = [start(), start()];
    await passes(one, two);
    clock.advance(16_000);
    expect(await passes(two, one)).toEqual(["read", "shared"]);
    expect(chain.asked).toBe(2);
  });

  it("each asks for itself when the reader holds its right but publishes nothing", async () => {
    const { clock, chain, shares, start } = processes();
    const hanging = shares();
    const follower = start();
    await hanging.lead(1_000_000);
    expect(await passes(follower)).toEqual(["read"]);
    clock.advance(31_000);
    expect(await passes(follower)).toEqual(["read"]);
    expect(chain.asked).toBe(2);
  });

  it("each asks for itself while the share is out", async () => {
    const { failures, start } = processes();
    const down = () => Promise.reject(new CodedError("REDIS_UNREACHABLE", "down"));
    const share = { lead: down, publish: down, latest: down, resign: down };
    expect(await passes(start(share))).toEqual(["read"]);
    expect(failures).toHaveLength(1);
  });

  it("none believes what was published of another subnet or in another form", async () => {
    const { failures, shares, start } = processes();
    const share = shares();
    const token = (await share.lead(1_000_000)) ?? 0;
    await share.publish(token, "something else");
    expect(await passes(start())).toEqual(["read"]);
    expect(failures).toMatchObject([{ code: "SUBNET_UNREADABLE" }]);
    await share.publish(token, encodeSubnet({ subnet: subnetOf([]), readAtMs: Date.now() }));
    const other = start(shares(), toNetuid(3));
    expect(await passes(other)).toEqual(["read"]);
  });

  it("one that cannot read the chain lets another try at once", async () => {
    const { clock, chain, start } = processes();
    const [one, two] = [start(), start()];
    await passes(one, two);
    clock.advance(1_000);
    chain.isDown = true;
    await expect(one.reader.pass()).rejects.toThrow("no answer");
    chain.isDown = false;
    expect(await passes(two, one)).toEqual(["read", "shared"]);
  });

  it("the last view stays when the chain cannot be read", async () => {
    const { chain, start } = processes();
    const one = start();
    await passes(one);
    chain.isDown = true;
    await expect(one.reader.pass()).rejects.toThrow("no answer");
    expect(one.view.current()?.block).toBe(1);
  });
});

describe("the loop that keeps a view fresh", () => {
  it("passes at once and again, tells of failures, and ends with its signal", async () => {
    const stop = new AbortController();
    const seen = { passes: 0, failed: 0 };
    const reader = {
      pass: async () => {
        seen.passes += 1;
        if (seen.passes === 2) throw new Error("once");
        if (seen.passes === 4) stop.abort();
        return "read" as const;
      },
    };
    const onFailed = () => {
      seen.failed += 1;
    };
    await keepFresh({ reader, refreshMs: 2, onFailed }, stop.signal);
    expect(seen).toEqual({ passes: 4, failed: 1 });
  });

  it("ends with what the hearer of a failure throws", async () => {
    const reader = { pass: () => Promise.reject(new Error("for good")) };
    const onFailed = (cause: unknown) => {
      throw cause;
    };
    const signal = AbortSignal.timeout(5_000);
    await expect(keepFresh({ reader, refreshMs: 1_000, onFailed }, signal)).rejects.toThrow(
      "for good",
    );
  });
});
