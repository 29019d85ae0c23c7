import { parseHotkey, toHex } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { blockOf, CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import { fieldText, plainField, textOf } from "./plain-field.ts";
import type { CommitmentsShape } from "./schemas.ts";

/** `neurond commitments show` */
export const showCommitments = defineAction<z.infer<typeof CommitmentsShape>>({
  name: "show",
  summary: "show what hotkeys have committed on a subnet",
  options: [{ flags: "--hotkey <ss58>", description: "only this hotkey's" }],
  shared: ["netuid", "block", ...CHAIN_OPTIONS],
  examples: [
    "neurond commitments show --netuid 1",
    "neurond commitments show --netuid 1 --hotkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --json",
  ],
  schema: async () => (await import("./schemas.ts")).CommitmentsShape,
  run: (call) => {
    const netuid = netuidOf(call);
    const at = blockOf(call);
    const given = call.given("hotkey");
    const only = given === undefined ? undefined : parseHotkey(given);
    return withChain(call, async (chain) => {
      const head = await chain.head({ at });
      const [all, revealed] = await Promise.all([
        chain.commitments(netuid, { at: head.hash }),
        chain.revealedCommitments(netuid, { at: head.hash }),
      ]);
      const wanted = ({ hotkey }: { hotkey: string }) => only === undefined || hotkey === only;
      return {
        netuid,
        block: head.number,
        commitments: all.filter(wanted).map(({ hotkey, block, fields }) => ({
          hotkey,
          block,
          fields: fields.map(plainField),
        })),
        revealed: revealed.filter(wanted).map(({ hotkey, block, plaintext }) => ({
          hotkey,
          block,
          hex: toHex(plaintext),
          text: textOf(plaintext),
        })),
      };
    });
  },
  human: ({ netuid, block, commitments, revealed }, view) => {
    const rows = [
      ...commitments.flatMap((one) =>
        one.fields.map((field) => [one.hotkey, String(one.block), fieldText(field)]),
      ),
      ...revealed.map((one) => [one.hotkey, String(one.block), `revealed ${one.text ?? one.hex}`]),
    ];
    const title = `commitments on subnet ${netuid} at block ${block}`;
    if (rows.length === 0) return `${title}: none`;
    const columns = [
      { title: "HOTKEY" },
      { title: "BLOCK", align: "right" },
      { title: "COMMITMENT" },
    ] as const;
    return `${title}\n${view.table(columns, rows)}`;
  },
});
