import { attachBodies, type Json } from "@neurond/ledger";
import type { BodyStore } from "../../ports/body-store.ts";

/** A recorded value with its bodies in place; null when one of them is gone. */
export async function attached(bodies: BodyStore, record: Json): Promise<Json> {
  const first = attachBodies(record, () => undefined);
  if (first.ok) return first.value;
  const found = await bodies.get(first.missing);
  const second = attachBodies(record, (hash) => found.get(hash));
  return second.ok ? second.value : null;
}
