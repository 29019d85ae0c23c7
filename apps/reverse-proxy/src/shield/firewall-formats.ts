import { isIP } from "node:net";
import type { AllowedAddress } from "./allowed-addresses.ts";

/** How the list is written: for nftables, for ipset, or to be read by anything else. */
export const FORMATS = ["json", "nft", "ipset"] as const;
export type Format = (typeof FORMATS)[number];

/** The list as text of a format. Only what is an address gets in: a firewall runs as root. */
export function encodeAllowed(allowed: readonly AllowedAddress[], format: Format): string {
  const clean = allowed.filter(({ address }) => familyOf(address) !== 0);
  if (format === "json") return `${JSON.stringify({ v: 1, addresses: clean }, null, 2)}\n`;
  const of = (family: 4 | 6) =>
    clean.map(({ address }) => address).filter((address) => familyOf(address) === family);
  return format === "nft" ? nftables(of(4), of(6)) : ipset(of(4), of(6));
}

/** 4 or 6; 0 for what is neither an address nor a network of one. */
function familyOf(text: string): number {
  const [address = "", bits, ...more] = text.split("/");
  if (more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return 0;
  return isIP(address);
}

/** `nft -f` takes a file as one transaction: no moment goes by with an empty set. */
function nftables(v4: readonly string[], v6: readonly string[]): string {
  const fill = (set: string, addresses: readonly string[]) =>
    addresses.length === 0 ? [] : [`add element inet neurond ${set} { ${addresses.join(", ")} }`];
  return lines([
    "add table inet neurond",
    "add set inet neurond allowed4 { type ipv4_addr; flags interval; }",
    "add set inet neurond allowed6 { type ipv6_addr; flags interval; }",
    "flush set inet neurond allowed4",
    "flush set inet neurond allowed6",
    ...fill("allowed4", v4),
    ...fill("allowed6", v6),
  ]);
}

/** `ipset restore` fills a second set and swaps it in, for the same reason. */
function ipset(v4: readonly string[], v6: readonly string[]): string {
  const fill = (set: string, family: string, addresses: readonly string[]) => [
    `create ${set} hash:net family ${family} -exist`,
    `create ${set}-next hash:net family ${family} -exist`,
    `flush ${set}-next`,
    ...addresses.map((address) => `add ${set}-next ${address} -exist`),
    `swap ${set}-next ${set}`,
    `destroy ${set}-next`,
  ];
  return lines([...fill("neurond-allowed4", "inet", v4), ...fill("neurond-allowed6", "inet6", v6)]);
}

const lines = (all: readonly string[]) => `${all.join("\n")}\n`;
