import type { Dice } from "../dice.ts";
import type { Message, Prompts } from "./prompts.ts";
import { GRAMMAR, type Rule } from "./words.ts";

/**
 * Prompts made of a grammar of our own: some millions of different ones, with nothing to download.
 * Whoever reads this file can recognise them; a file of real conversations makes that harder.
 */
export const builtInPrompts: Prompts = {
  conversation(dice) {
    const first: Message = { role: "user", content: expand("ask", dice) };
    const turns = Array.from({ length: dice.chance(0.3) ? dice.integer(1, 2) : 0 }, () => [
      { role: "assistant", content: expand("reply", dice) },
      { role: "user", content: expand("follow", dice) },
    ]);
    return [first, ...turns.flat()];
  },
  picture: (dice) => expand("picture", dice),
  passage(dice, maxLength) {
    const wanted = dice.integer(1, 8);
    let text = "";
    for (let count = 0; count < wanted; count += 1) {
      const longer = `${text}${text === "" ? "" : " "}${expand("sentence", dice)}`;
      if (longer.length > maxLength) break;
      text = longer;
    }
    return text;
  },
};

/** The rules name each other without a circle, so that this ends. */
function expand(rule: Rule, dice: Dice): string {
  return dice
    .pick(GRAMMAR[rule])
    .replace(/\{(\w+)\}/g, (whole, name: string) => (isRule(name) ? expand(name, dice) : whole));
}

function isRule(name: string): name is Rule {
  return Object.hasOwn(GRAMMAR, name);
}
