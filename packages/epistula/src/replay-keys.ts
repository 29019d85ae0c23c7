import { domainHash, type Netuid } from "@neurond/primitives";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Peer } from "./peer-memo.ts";

/** What of a request is spent: btauth nonce, Epistula uuid, digest of a v1 body, a dendrite's nonce. */
export type SpentKind = "b" | "e" | "v" | "a";

/** The key of one spent value; one keyspace for all schemes (btauth.md section 7). */
export function replayKey(netuid: Netuid, sender: Peer, kind: SpentKind, value: string): string {
  return `auth:${netuid}:${bytesToHex(sender.publicKey)}:${kind}:${value.toLowerCase()}`;
}

/**
 * The uuid our client gives the Epistula half of a request whose btauth half carries `nonce`.
 * A receiver spends it with the nonce, so that neither half can be cut out and sent again alone.
 * It looks like version 4, which some verifiers insist on.
 */
export function pairedUuid(publicKey: Uint8Array, nonce: string): string {
  const hash = domainHash("neurond/paired-uuid/1", publicKey, nonce);
  const bytes = hash.slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
