import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { blockOf, CHAIN_OPTIONS, mecidOf, netuidOf, withChain } from "../../chain.ts";
import type { WeightsShape } from "./schemas.ts";

/** `neurond weights show` */
export const showWeights = defineAction<z.infer<typeof WeightsShape>>({
  name: "show",
  summary: "show the weights that a subnet's validators have set",
  description:
    "Weights under commit-reveal appear once they are revealed. Names of uids are those of the same block.",
  shared: ["netuid", "mecid", "block", ...CHAIN_OPTIONS],
  examples: ["neurond weights show --netuid 1", "neurond weights show --netuid 1 --mecid 1 --json"],
  schema: async () => (await import("./schemas.ts")).WeightsShape,
  run: (call) => {
    const id = { netuid: netuidOf(call), mecid: mecidOf(call) };
    const at = blockOf(call);
    return withChain(call, async (chain) => {
      const { block, blockHash, neurons } = await chain.metagraph(id, { at });
      const rows = await chain.weights(id, { at: blockHash });
      const hotkeyOf = (uid: number) => neurons[uid]?.hotkey ?? null;
      return {
        ...id,
        block,
        rows: rows.map(({ uid, weights }) => ({
          uid,
          hotkey: hotkeyOf(uid),
          weights: weights.map((weight) => ({ ...weight, hotkey: hotkeyOf(weight.uid) })),
        })),
      };
    });
  },
  human: ({ netuid, mecid, block, rows }, view) => {
    const cells = rows.flatMap(({ uid, weights }) =>
      weights.map((weight, index) => [
        index === 0 ? String(uid) : "",
        String(weight.uid),
        weight.hotkey ?? "?",
        String(weight.value),
      ]),
    );
    const title = `weights of subnet ${netuid}.${mecid} at block ${block}`;
    if (cells.length === 0) return `${title}: none`;
    const columns = [
      { title: "VALIDATOR", align: "right" },
      { title: "UID", align: "right" },
      { title: "HOTKEY" },
      { title: "WEIGHT", align: "right" },
    ] as const;
    return `${title}\n${view.table(columns, cells)}`;
  },
});
