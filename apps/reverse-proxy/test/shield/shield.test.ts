import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subnet } from "@neurond/admission";
import { toRao } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { ManualClock } from "@neurond/testing";
import { expect, test } from "vitest";
import { addressKey } from "../../src/policies/address-key.ts";
import { KnownAddresses } from "../../src/policies/known-addresses.ts";
import { allowedAddresses } from "../../src/shield/allowed-addresses.ts";
import { encodeAllowed } from "../../src/shield/firewall-formats.ts";
import { LearntAddresses } from "../../src/shield/learnt-addresses.ts";
import { openShield } from "../../src/shield/shield.ts";
import { subnetOf } from "../harness.ts";

const RULE = { requirePermit: true, minStakeRao: toRao(1_000n), stakeKind: "alpha" } as const;

/** The neurons of a subnet, each with an axon and whatever else is wished. */
function withAxons(axons: Readonly<Record<string, object>>): Subnet {
  const subnet = subnetOf(Object.fromEntries(Object.keys(axons).map((ip) => [`//${ip}`, 1n])));
  const neurons = [...subnet.byHotkey.values()];
  const changed = Object.entries(axons).map(([ip, more], at) => {
    const neuron = neurons[at];
    if (neuron === undefined) throw new Error("no neuron");
    return { ...neuron, axon: { ip }, ...more };
  });
  return { ...subnet, byHotkey: new Map(changed.map((neuron) => [neuron.hotkey, neuron])) };
}

test("axons count of validators that may call, at addresses that are public", () => {
  const subnet = withAxons({
    "198.51.100.1": {},
    "198.51.100.2": { validatorPermit: false },
    "198.51.100.3": { alphaStake: toRao(999n) },
    "10.0.0.1": {},
    "2001:db8:1:2::9": {},
  });
  const learnt = new LearntAddresses(1000);
  const of = (rule: typeof RULE | null) =>
    allowedAddresses({ learnt, subnets: () => [subnet], rule: () => rule, keyOf: addressKey }, 0);
  expect(of(RULE).map(({ address }) => address)).toEqual(["198.51.100.1", "2001:db8:1:2::/64"]);
  expect(of(null)).toEqual([]);
});

test("an address stays on the list for as long as it is kept after its last proof", () => {
  const learnt = new LearntAddresses(1000);
  learnt.learn("192.0.2.1", 0);
  learnt.learn("192.0.2.2", 500);
  learnt.learn("192.0.2.1", 600);
  expect(learnt.list(1500)).toEqual([{ address: "192.0.2.1", untilMs: 1600 }]);
});

test("of more addresses than are kept, those proven longest ago are forgotten", () => {
  const learnt = new LearntAddresses(1_000_000);
  for (let at = 0; at < 10_001; at += 1) learnt.learn(`10.0.${at >> 8}.${at & 255}`, at);
  const list = learnt.list(10_001);
  expect(list).toHaveLength(10_000);
  expect(list[0]?.address).toBe("10.0.0.1");
});

test("both firewalls get each family in its own set, and never what is no address", () => {
  const allowed = ["192.0.2.1", "2001:db8::/64", "1.2.3.4 }; flush ruleset", "unknown", ""].map(
    (address) => ({ address, why: "proven", untilMs: null }) as const,
  );
  const nft = encodeAllowed(allowed, "nft");
  expect(nft).toContain("add element inet neurond allowed4 { 192.0.2.1 }\n");
  expect(nft).toContain("add element inet neurond allowed6 { 2001:db8::/64 }\n");
  const ipset = encodeAllowed(allowed, "ipset");
  expect(ipset).toContain("add neurond-allowed4-next 192.0.2.1 -exist\n");
  expect(ipset).toContain("add neurond-allowed6-next 2001:db8::/64 -exist\n");
  for (const text of [nft, ipset]) expect(text).not.toMatch(/ruleset|unknown|\{ *\}/);
  expect(JSON.parse(encodeAllowed(allowed, "json")).addresses).toHaveLength(2);
});

test("the files are written when the list changes, and what was learnt is read again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-shield-"));
  try {
    const clock = new ManualClock(1_763_650_000_000);
    const addresses = new KnownAddresses();
    const open = (known: KnownAddresses) =>
      openShield({
        directory,
        keepMs: 86_400_000,
        addresses: known,
        subnets: () => [],
        rule: () => null,
        keyOf: addressKey,
        log: createLogger("test", "fatal"),
        now: () => clock.now(),
      });
    const shield = await open(addresses);
    await shield.pass();
    const file = () => readFile(join(directory, "allowed.ipset"), "utf8");
    expect(await file()).not.toContain("add ");
    addresses.proved("192.0.2.7", clock.now());
    await shield.pass();
    expect(await file()).toContain("192.0.2.7");
    const after = await open(new KnownAddresses());
    expect(after.allowed()).toMatchObject([{ address: "192.0.2.7", why: "proven" }]);
    clock.advance(86_400_000);
    await after.pass();
    expect(await file()).not.toContain("192.0.2.7");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
