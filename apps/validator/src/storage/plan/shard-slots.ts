import { type SlotPlan, tokenSlot } from "@neurond/workload-storage";
import type { Config } from "../../config.ts";

/** What tokens are made by, where they are: the algorithm suits their number unless it is set. */
export function tokenPlanOf({ token }: Config["storage"]) {
  const { alg } = tokenSlot(token.count);
  return { alg: token.algorithm ?? alg, count: token.count };
}

/** The slots that ask about one shard: an opening, a token, both or none. */
export function shardSlotsOf(storage: Config["storage"]): readonly SlotPlan[] {
  const { opening, token } = storage;
  const slots: SlotPlan[] = [];
  if (opening.enabled) {
    const { suite, sectors, blocks, deadlineSeconds } = opening;
    const deadline_ms = Math.round(deadlineSeconds * 1000);
    slots.push({ mode: "opening", suite, sectors, blocks, deadline_ms });
  }
  if (token.enabled) {
    const { alg, count } = tokenPlanOf(storage);
    const deadline_ms = Math.round(token.deadlineSeconds * 1000);
    slots.push({ ...tokenSlot(count), alg, deadline_ms });
  }
  return slots;
}
