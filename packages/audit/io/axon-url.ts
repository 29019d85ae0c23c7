import { BlockList, isIPv6 } from "node:net";
import type { Axon } from "@neurond/chain";

const PRIVATE = new BlockList();
for (const [net, bits, family] of [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 127, "ipv6"],
  ["::ffff:0:0", 96, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
] as const) {
  PRIVATE.addSubnet(net, bits, family);
}

/**
 * Where a neuron says it serves; null for nowhere, and for addresses inside somebody's own network:
 * what a stranger wrote on chain must not send us there unless the operator says so.
 */
export function axonUrl(axon: Axon | undefined, allowPrivate: boolean): string | null {
  if (axon === undefined || axon.port === 0) return null;
  const family = isIPv6(axon.ip) ? "ipv6" : "ipv4";
  if (!allowPrivate && PRIVATE.check(axon.ip, family)) return null;
  return `http://${family === "ipv6" ? `[${axon.ip}]` : axon.ip}:${axon.port}`;
}
