import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { CHAIN_OPTIONS, parseBlock, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { plainJson } from "../../plain-json.ts";
import type { BlockShape } from "./schemas.ts";

/** `neurond chain block` */
export const showBlock = defineAction<z.infer<typeof BlockShape>>({
  name: "block",
  summary: "show a block and its events",
  args: [{ flags: "[block]", description: "height, hash, best (default) or finalized" }],
  shared: ["block", ...CHAIN_OPTIONS],
  examples: ["neurond chain block", "neurond chain block 4000000 -n archive --json"],
  schema: async () => (await import("./schemas.ts")).BlockShape,
  run: (call) => {
    const [argument] = call.args;
    if (argument !== undefined && call.given("block") !== undefined) {
      throw new CodedError<UsageCode>("USAGE", "give the block once");
    }
    const asked = parseBlock(argument ?? call.text("block") ?? "best");
    return withChain(call, async (chain) => {
      const { number, hash, parentHash } = await chain.head({ at: asked });
      const events = await chain.events({ at: hash });
      return {
        number,
        hash,
        parentHash,
        events: events.map(({ pallet, name, extrinsic, fields }) => ({
          pallet,
          name,
          extrinsic: extrinsic ?? null,
          fields: plainJson(fields),
        })),
      };
    });
  },
  human: ({ number, hash, parentHash, events }, view) => {
    const pairs = view.pairs([
      ["block", String(number)],
      ["hash", hash],
      ["parent", parentHash],
    ]);
    const columns = [
      { title: "EXTRINSIC", align: "right" },
      { title: "EVENT" },
      { title: "FIELDS" },
    ] as const;
    const rows = events.map(({ extrinsic, pallet, name, fields }) => [
      extrinsic === null ? "" : String(extrinsic),
      `${pallet}.${name}`,
      JSON.stringify(fields),
    ]);
    return `${pairs}\n\n${view.table(columns, rows)}`;
  },
});
