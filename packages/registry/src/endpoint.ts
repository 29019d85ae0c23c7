import type { AddressKind } from "./address.ts";

/** Where a miner says it serves. */
export interface MinerEndpoint {
  /** A host name or an IP address, without brackets. */
  readonly address: string;
  readonly kind: AddressKind;
  /** 0 when the chain says so: there nobody can be reached. */
  readonly port: number;
}

/** Longest address, whole string and port, in bytes; a string that is longer was not made for this. */
export const ENTRY_LIMITS = { addressBytes: 45, entryBytes: 128, maxPort: 65_535 } as const;

/** The string for the chain; an IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function encodeEntry({ address, kind, port }: MinerEndpoint): string {
  return `${kind === "ipv6" ? `[${address}]` : address}:${port}`;
}

/** Where to connect: the orchestrator knows https only. */
export function endpointUrl(endpoint: MinerEndpoint, scheme: "https" | "http" = "https"): string {
  return `${scheme}://${encodeEntry(endpoint)}`;
}
