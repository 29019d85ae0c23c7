import { concatBytes } from "@noble/hashes/utils.js";
import { type StartAnswer, tokenAnswer } from "../../src/token/index.ts";

/** Answers over bytes gathered in memory: slow and plainly right. */
export const wholeAnswers: StartAnswer = (question) => {
  const parts: Uint8Array[] = [];
  return {
    update: (bytes) => void parts.push(Uint8Array.from(bytes)),
    finish: () => tokenAnswer(question, concatBytes(...parts)),
  };
};
