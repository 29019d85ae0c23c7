import { BlockList, isIP } from "node:net";

// Two lists: in one, the IPv6 form of all IPv4 addresses would block every IPv4 address as well.
const PRIVATE = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // Azure's own server, which its machines reach at a public address
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
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.ipv6.addSubnet(net, bits, "ipv6");
}

/**
 * Whether an IP address lies inside somebody's own network, is no single machine's, or carries another
 * address that may: what a stranger names must not lead us there. What is no IP address is private too.
 */
export function isPrivateAddress(ip: string): boolean {
  const version = isIP(ip);
  if (version === 0) return true;
  const family = version === 6 ? "ipv6" : "ipv4";
  return PRIVATE[family].check(ip, family);
}
