import { CodedError, type Hotkey, parseHotkey } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import type { BurnShape } from "./schemas.ts";

type Burned = z.infer<typeof BurnShape>;

/** `neurond sweep burn` */
export const burn = defineAction<Burned>({
  name: "burn",
  summary: "tell a storage validator that a period's secret of sweeps got out",
  description:
    "Leaves a mark beside the validator's key. With its next run the validator says in its log that the period is burned: sweeps from there on count as unknown, none is put until the period is over, and the next period's key is used as if nothing had happened. A period that is revealed already stays as it is. If the whole key file got out, this does not help: every period follows from it.",
  options: [
    { flags: "--period <number>", description: "the period: block divided by blocks of a period" },
    {
      flags: "--directory <path>",
      description: "where the validator keeps its key of tags (default: data/secrets)",
    },
    { flags: "--hotkey <ss58>", description: "whose, where keys of several are kept there" },
  ],
  examples: [
    "neurond sweep burn --period 812",
    "neurond sweep burn --period 812 --directory /var/lib/neurond/secrets --json",
  ],
  schema: async () => (await import("./schemas.ts")).BurnShape,
  run: async (call) => {
    const period = call.integer("period", { min: 0, max: 0xffff_ffff });
    if (period === undefined) throw new CodedError<UsageCode>("USAGE", "give --period");
    const { markBurned, readBurned } = await import("@neurond/workload-storage/io");
    const directory = call.given("directory") ?? "data/secrets";
    const validator = await ownerOf(call, directory);
    const mark = await markBurned(directory, validator, period);
    const burned = [...(await readBurned(directory, validator))].sort((a, b) => a - b);
    return { validator, period, mark, burned };
  },
  human: ({ validator, period, mark, burned }, view) =>
    view.pairs([
      ["validator", validator],
      ["burned", `period ${period}, from its next run on`],
      ["mark", mark],
      ["all burned", burned.join(", ")],
    ]),
});

/** The validator whose key stands in the directory; a mark for another would help nobody. */
async function ownerOf(call: Call, directory: string): Promise<Hotkey> {
  const { sweepKeysIn } = await import("@neurond/workload-storage/io");
  const kept = await sweepKeysIn(directory);
  const given = call.given("hotkey");
  const own = given === undefined ? kept : kept.filter((name) => name === parseHotkey(given));
  const [only, ...more] = own;
  if (only !== undefined && more.length === 0) return parseHotkey(only);
  const text =
    only === undefined
      ? `${directory} holds no key of sweeps of that validator; give its --directory`
      : `${directory} holds keys of ${own.length} validators; say which with --hotkey`;
  throw new CodedError<UsageCode>("INPUT_INVALID", text, { directory });
}
