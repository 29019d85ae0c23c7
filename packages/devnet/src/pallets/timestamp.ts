import { badOrigin } from "../frame/dispatch.ts";
import { call, constant, type Pallet } from "../frame/pallet.ts";
import { storageOf } from "../frame/storage.ts";
import { bool, compactU64, u64 } from "../scale/primitives.ts";

const timestamp = storageOf("Timestamp");

/** Milliseconds since 1970 of the block. */
export const now = timestamp.item("Now", [], u64, 0n);
const didUpdate = timestamp.item("DidUpdate", [], bool, false);

/** Pallet `Timestamp`: each block's first extrinsic says when it was made. */
export const timestampPallet: Pallet = {
  name: "Timestamp",
  index: 2,
  storage: [now, didUpdate],
  calls: [
    call(0, "set", { now: compactU64 }, (context, args) => {
      if (context.origin.kind !== "none") throw badOrigin();
      now.set(context.state, [], args.now);
    }),
  ],
  events: [],
  errors: [],
  // Half of the 12 s slot, as Aura wants it; a devnet with shorter blocks does not enforce it.
  constants: [constant("MinimumPeriod", u64, 6_000n)],
};
