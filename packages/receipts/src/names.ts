import { entryNamespace, type NameUuid, uuidV5 } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";

const plainUuid: NameUuid = (name) => uuidV5(entryNamespace(), name);

// Exports know requests, attempts, chutes, images and instances by UUIDs. Those of requests through a proxy
// follow from what the caller has in hand: the miner's hotkey, the id of its request, its receipt.

/** A place in a miner's ledger of receipts: one attempt, so two of them never share an id. */
export function receiptUuid(
  miner: Hotkey,
  { ledgerId, index }: { readonly ledgerId: string; readonly index: number },
): string {
  return plainUuid(`neurond.receipt.${miner}.${ledgerId}.${index}`);
}

/** A request, by the id that its answer carried. */
export function requestUuid(miner: Hotkey, requestId: string): string {
  return plainUuid(`neurond.request.${miner}.${requestId}`);
}

/** A route of a miner's proxy, where others have a chute. */
export function routeUuid(miner: Hotkey, route: string): string {
  return plainUuid(`neurond.route.${miner}.${route}`);
}

/** A ledger of receipts, where others have an image; `proxyUuid` is what wrote it, where they have an instance. */
export function ledgerUuid(miner: Hotkey, ledgerId: string): string {
  return plainUuid(`neurond.ledger.${miner}.${ledgerId}`);
}

/** What wrote a ledger of receipts. */
export function proxyUuid(miner: Hotkey, ledgerId: string): string {
  return plainUuid(`neurond.proxy.${miner}.${ledgerId}`);
}
