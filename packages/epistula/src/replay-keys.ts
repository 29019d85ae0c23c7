import type { Netuid } from "@neurond/primitives";
import type { Peer } from "./peer-memo.ts";

/** What of a request is spent: btauth nonce, Epistula uuid, digest of a v1 body, a dendrite's nonce. */
export type SpentKind = "b" | "e" | "v" | "a";

/** The key of one spent value; one keyspace for all schemes (btauth.md section 7). */
export function replayKey(netuid: Netuid, sender: Peer, kind: SpentKind, value: string): string {
  return `auth:${netuid}:${sender.digits}:${kind}:${value.toLowerCase()}`;
}

/**
 * The uuid our client gives the Epistula half of a request whose btauth half carries `nonce`.
 * A receiver spends it with the nonce, so that neither half can be cut out and sent again alone.
 * It is the nonce in 16 digits and 14 of the sender's key, in the form of version 4, which some verifiers
 * insist on: two senders never share one, and finding it costs a receiver no hash.
 */
export function pairedUuid(keyDigits: string, nonce: string): string {
  const time = BigInt(nonce).toString(16).padStart(16, "0");
  const [high, middle, low] = [time.slice(0, 8), time.slice(8, 12), time.slice(12, 15)];
  return `${high}-${middle}-4${low}-8${time.slice(15)}${keyDigits.slice(0, 2)}-${keyDigits.slice(2, 14)}`;
}
