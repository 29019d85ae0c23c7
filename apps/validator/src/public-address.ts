import { BlockList, isIPv6 } from "node:net";
import type { Axon } from "@neurond/chain";

/** IPv4 addresses in IPv6 spelling are held against the IPv4 rules by `BlockList` itself. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 127],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv6");

/**
 * Where a neuron can be reached, or null: an axon is what a stranger wrote on chain, and must not
 * send us into our own network unless that is what the operator wants.
 */
export function urlOf(axon: Axon | undefined, allowPrivate: boolean): string | null {
  if (axon === undefined || axon.port === 0) return null;
  const family = isIPv6(axon.ip) ? "ipv6" : "ipv4";
  if (!allowPrivate && PRIVATE.check(axon.ip, family)) return null;
  return `http://${family === "ipv6" ? `[${axon.ip}]` : axon.ip}:${axon.port}`;
}
