import { type Chute, hasPlainCord } from "../chutes.ts";
import type { SyntheticTask } from "./task.ts";

const isEmbedder = (chute: Chute, path: string): boolean =>
  chute.template === "tei" && chute.owner === "chutes" && hasPlainCord(chute, path);

/** A text as a vector. */
export const embed: SyntheticTask = {
  type: "embed",
  fits: (chute) => isEmbedder(chute, "/embed"),
  compose: (_, prompts, dice) => ({
    route: { host: "chute", path: "/embed" },
    payload: { inputs: [prompts.passage(dice, 500)] },
  }),
};

/** Texts in the order of how well they answer a question. */
export const rerank: SyntheticTask = {
  type: "rerank",
  fits: (chute) => isEmbedder(chute, "/rerank"),
  compose: (_, prompts, dice) => ({
    route: { host: "chute", path: "/rerank" },
    payload: {
      query: prompts.passage(dice, 200),
      texts: Array.from({ length: dice.integer(2, 6) }, () => prompts.passage(dice, 500)),
    },
  }),
};

/** Classifiers have no template of their own; they say what they are by name. */
const CLASSIFIER = /moderat|nsfw|hate|toxic/i;

/** Paths at which classifiers take text, and how they want it. */
const FORMS = [
  ["/predict", (text: string) => ({ texts: [text] })],
  ["/text", (text: string) => ({ text })],
] as const;
const formOf = (chute: Chute) => FORMS.find(([path]) => hasPlainCord(chute, path));

/** Whether a text is harmful. */
export const moderation: SyntheticTask = {
  type: "moderation",
  fits: (chute) =>
    chute.owner === "chutes" && CLASSIFIER.test(chute.name) && formOf(chute) !== undefined,
  compose: (chute, prompts, dice) => {
    const [path, payloadOf] = formOf(chute) ?? FORMS[0];
    return { route: { host: "chute", path }, payload: payloadOf(prompts.passage(dice, 500)) };
  },
};
