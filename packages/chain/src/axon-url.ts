import { BlockList, isIPv6 } from "node:net";
import type { Axon } from "./serving.ts";

// Two lists: in one, the IPv6 form of all IPv4 addresses would block every IPv4 address as well.
const PRIVATE = { ipv4: new BlockList(), ipv6: new BlockList() };
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
] as const) {
  PRIVATE.ipv4.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["::", 127],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.ipv6.addSubnet(net, bits, "ipv6");
}

/**
 * Where a neuron says it serves; null for nowhere, and for addresses inside somebody's own network:
 * what a stranger wrote on chain must not send us there unless the operator says so.
 */
export function axonUrl(axon: Axon | undefined, allowPrivate: boolean): string | null {
  if (axon === undefined || axon.port === 0) return null;
  const family = isIPv6(axon.ip) ? "ipv6" : "ipv4";
  if (!allowPrivate && PRIVATE[family].check(axon.ip, family)) return null;
  return `http://${family === "ipv6" ? `[${axon.ip}]` : axon.ip}:${axon.port}`;
}
