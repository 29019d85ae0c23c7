import type { RegistryEntry } from "./classify.ts";

/** What may keep an endpoint from being found although it parses. */
export const ENTRY_WARNINGS = {
  "ipv6-invisible":
    "the Python orchestrator splits at the first colon: an IPv6 address is invisible to it; register a host name",
  "legacy-ipv6": "IPv6 without brackets: no other reader understands it; register it again",
  "port-zero": "nobody can be reached at port 0",
  "private-address": "the address lies inside somebody's own network: validators do not ask there",
} as const;

/** Name of a warning. */
export type EntryWarning = keyof typeof ENTRY_WARNINGS;

/** Warnings about an endpoint; which addresses are private is the caller's to know. */
export function warningsOf(
  { endpoint, legacyIpv6 }: Pick<RegistryEntry & { kind: "endpoint" }, "endpoint" | "legacyIpv6">,
  isPrivateAddress: (ip: string) => boolean,
): readonly EntryWarning[] {
  const { address, kind, port } = endpoint;
  const isLocal = kind === "name" ? isLocalName(address) : isPrivateAddress(address);
  const found: readonly (readonly [EntryWarning, boolean])[] = [
    ["ipv6-invisible", kind === "ipv6"],
    ["legacy-ipv6", legacyIpv6],
    ["port-zero", port === 0],
    ["private-address", isLocal],
  ];
  return found.flatMap(([warning, applies]) => (applies ? [warning] : []));
}

/** Names that resolve on one machine or in one network only (RFC 6761, RFC 6762, RFC 8375). */
function isLocalName(name: string): boolean {
  const lower = name.toLowerCase();
  const isSingle = !lower.includes(".");
  return isSingle || /\.(?:localhost|local|internal|home\.arpa)$/.test(lower);
}
