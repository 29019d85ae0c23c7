import type { NeuronRule, Subnet } from "@neurond/admission";
import { isPrivateAddress } from "@neurond/chain";
import type { LearntAddresses } from "./learnt-addresses.ts";

/** An address or network that a firewall may let in first. */
export interface AllowedAddress {
  /** An IPv4 address, or the 64 bits of an IPv6 network. */
  readonly address: string;
  readonly why: "proven" | "axon";
  /** Unix milliseconds; null as long as the chain says so. */
  readonly untilMs: number | null;
}

export interface AllowedDeps {
  readonly learnt: LearntAddresses;
  /** Of the moment; those that could not be read lately are not among them. */
  readonly subnets: () => readonly Subnet[];
  /** Whose axons count; null for nobody's. */
  readonly rule: () => NeuronRule | null;
  /** What of an address counts as one caller. */
  readonly keyOf: (ip: string) => string;
}

/** All of them, sorted: addresses that proved a key, and axons of validators that may call. */
export function allowedAddresses(deps: AllowedDeps, now: number): readonly AllowedAddress[] {
  const rule = deps.rule();
  const axons = rule === null ? [] : deps.subnets().flatMap((subnet) => axonsOf(subnet, rule));
  const all = new Map<string, AllowedAddress>();
  for (const ip of axons) {
    const address = deps.keyOf(ip);
    all.set(address, { address, why: "axon", untilMs: null });
  }
  for (const { address, untilMs } of deps.learnt.list(now))
    if (!all.has(address)) all.set(address, { address, why: "proven", untilMs });
  return [...all.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** What a stranger wrote on chain must not open our own network. */
function axonsOf({ byHotkey }: Subnet, rule: NeuronRule): readonly string[] {
  return [...byHotkey.values()].flatMap(({ axon, validatorPermit, alphaStake, totalStake }) => {
    const stake = rule.stakeKind === "alpha" ? alphaStake : totalStake;
    const may = stake >= rule.minStakeRao && (validatorPermit || !rule.requirePermit);
    return may && axon !== undefined && !isPrivateAddress(axon.ip) ? [axon.ip] : [];
  });
}
