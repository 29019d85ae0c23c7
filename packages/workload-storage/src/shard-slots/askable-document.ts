import { toHex } from "@neurond/primitives";
import { z } from "zod";
import { bytesOf, field } from "../fields.ts";
import { type Askable, askableRoot, encodeAskables } from "./askable.ts";

/** A list that a slot's shard is drawn from, as everybody knows it before the beacon. */
export interface AskableHead {
  readonly count: number;
  readonly root: Uint8Array;
}

const head = {
  run: field.u32,
  /** Whose list it is. */
  slot: field.u16,
  mode: z.enum(["opening", "token"]),
  count: field.u32.min(1),
  root: field.hash,
};

/** What a slot of one shard may ask a miner about; the list is long and stands apart, by its hash. */
export const AskableBody = z.strictObject({
  ...head,
  /** In the order of the inventory, as `encodeAskables` writes them. */
  shards: field.hexUpTo(2 ** 32),
});
export type AskableBody = z.infer<typeof AskableBody>;

/** All but the list, which drawing does not need. */
const Head = z.object(head);

/** The body of a list's document. */
export function askableBody(
  { run, slot }: Pick<AskableBody, "run" | "slot">,
  mode: Askable["mode"],
  list: readonly Askable[],
): AskableBody {
  const root = toHex(askableRoot(list));
  const shards = toHex(encodeAskables(mode, list));
  return { run, slot, mode, count: list.length, root, shards };
}

/** What a logged document says of its list; null when it is none. */
export function askableHeadOf(body: unknown): (AskableHead & { readonly slot: number }) | null {
  const parsed = Head.safeParse(body);
  if (!parsed.success) return null;
  const { slot, count, root } = parsed.data;
  return { slot, count, root: bytesOf(root) };
}
