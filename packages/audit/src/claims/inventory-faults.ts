import { attachBodies, decodeEntry, isEntryOf } from "@neurond/ledger";
import { fromHex, type Hex } from "@neurond/primitives";
import {
  EntryList,
  InventoryBody,
  isReceiptSigned,
  parseSignedReceipt,
  SignedReceiptRecord,
} from "@neurond/workload-storage";
import { z } from "zod";
import { Head, openHead } from "../heads.ts";
import { ProvenEntry } from "../segment.ts";
import {
  type Accused,
  asserted,
  type CheckClaim,
  type Judge,
  malformed,
  notProven,
} from "./claim.ts";

const hex = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);

/** A logged inventory with its list, and the shard it is about. */
const Listed = z.strictObject({
  head: Head,
  entry: ProvenEntry,
  bodies: z.array(z.tuple([z.string(), hex])).max(4),
});
export const ReceiptMissing = Listed.extend({ shard_id: hex });
export const InventoryOmits = Listed.extend({ receipt: SignedReceiptRecord });

/** That the inventory lists the shard is proven; that no receipt backs it, only the whole log shows. */
export const checkReceiptMissing: CheckClaim = (claim, accused, judge) => {
  const parsed = ReceiptMissing.safeParse(claim);
  if (!parsed.success) return malformed("not a missing receipt");
  const read = readList(parsed.data, accused, judge);
  if (typeof read === "string") return notProven(read);
  return read.listed.find(fromHex(parsed.data.shard_id)) !== undefined
    ? asserted(read.facts)
    : notProven("the inventory does not list the shard");
};

/** That both signed for the shard and the inventory lacks it is proven; a deletion may be elsewhere. */
export const checkInventoryOmits: CheckClaim = (claim, accused, judge) => {
  const parsed = InventoryOmits.safeParse(claim);
  if (!parsed.success) return malformed("not an omitted shard");
  const read = readList(parsed.data, accused, judge);
  if (typeof read === "string") return notProven(read);
  const signed = parseSignedReceipt(parsed.data.receipt);
  const { receipt } = signed;
  const isTheirs = receipt.validator === accused.validator && receipt.miner === accused.miner;
  if (!isTheirs || !isReceiptSigned(signed, judge.verify)) {
    return notProven("the two did not sign this receipt");
  }
  return read.listed.find(receipt.shardId) !== undefined
    ? notProven("the inventory lists the shard")
    : asserted(read.facts);
};

function readList(
  { head, entry, bodies }: z.infer<typeof Listed>,
  accused: Accused,
  { verify }: Judge,
) {
  const binding = openHead(head, accused, verify);
  const seen = binding !== null && isEntryOf(binding.head, entry) ? decodeEntry(entry.text) : null;
  const isOurs = seen?.kind === "document" && seen.validator === accused.validator;
  if (binding === null || !isOurs || seen.miner !== accused.miner) {
    return "the head does not hold the inventory";
  }
  const byHash = new Map(bodies.map(([hash, bytes]) => [hash, fromHex(bytes as Hex)]));
  const whole = attachBodies(seen.body, (hash) => byHash.get(hash));
  const body = whole.ok ? InventoryBody.safeParse(whole.value).data : undefined;
  const listed = body === undefined ? null : entriesOf(body.entries);
  if (listed === null) return "the inventory's list is missing or altered";
  return { listed, facts: binding.facts };
}

function entriesOf(text: Hex): EntryList | null {
  try {
    return EntryList.decode(fromHex(text));
  } catch {
    // A claim is anybody's bytes.
    return null;
  }
}
