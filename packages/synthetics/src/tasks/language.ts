import type { Chute } from "../chutes.ts";
import type { Dice } from "../dice.ts";
import type { SyntheticTask } from "./task.ts";

const MAX_SEED = 1_000_000_000;

const isLanguageModel = ({ template }: Chute): boolean => template === "vllm";

/** What a chat and a completion have in common, in the order in which clients send it. */
const sampling = (dice: Dice) => ({
  temperature: dice.between(0.1, 1.1),
  seed: dice.integer(0, MAX_SEED),
  max_tokens: dice.integer(10, 200),
  stream: true,
  logprobs: true,
});

/** A conversation with a language model. */
export const chat: SyntheticTask = {
  type: "chat",
  fits: isLanguageModel,
  compose: ({ name }, prompts, dice) => ({
    route: { host: "llm", path: "/v1/chat/completions" },
    payload: { model: name, messages: prompts.conversation(dice), ...sampling(dice) },
  }),
};

/** A text that a language model goes on with. */
export const completion: SyntheticTask = {
  type: "completion",
  fits: isLanguageModel,
  compose: ({ name }, prompts, dice) => ({
    route: { host: "llm", path: "/v1/completions" },
    payload: {
      model: name,
      prompt: prompts.conversation(dice)[0]?.content ?? "",
      ...sampling(dice),
    },
  }),
};
