import { base64 } from "@scure/base";
import { hasPlainCord } from "../chutes.ts";
import type { SyntheticTask } from "./task.ts";
import { speechLikeWav } from "./wav.ts";

const MAX_SEED = 1_000_000_000;

/** An image from a text. */
export const image: SyntheticTask = {
  type: "image",
  fits: ({ template }) => template === "diffusion",
  compose: (_, prompts, dice) => ({
    route: { host: "chute", path: "/generate" },
    payload: {
      prompt: unquoted(prompts.picture(dice)),
      seed: dice.integer(0, MAX_SEED),
      num_inference_steps: dice.integer(5, 30),
    },
  }),
};

/** The chute whose voices are known by name. */
const KOKORO = "Kokoro-82M";
const VOICES = [
  "af",
  "af_bella",
  "af_sarah",
  "am_adam",
  "am_michael",
  "bf_emma",
  "bf_isabella",
  "bm_george",
  "bm_lewis",
  "af_nicole",
  "af_sky",
] as const;

/** A text read aloud. */
export const tts: SyntheticTask = {
  type: "tts",
  fits: (chute) => chute.owner === "chutes" && hasPlainCord(chute, "/speak"),
  compose: ({ name }, prompts, dice) => ({
    route: { host: "chute", path: "/speak" },
    payload: {
      text: prompts.passage(dice, 1_000),
      ...(name === KOKORO ? { voice: dice.pick(VOICES) } : {}),
    },
  }),
};

/** A recording written down. */
export const transcribe: SyntheticTask = {
  type: "transcribe",
  fits: (chute) => chute.owner === "chutes" && hasPlainCord(chute, "/transcribe"),
  compose: (_chute, _prompts, dice) => ({
    route: { host: "chute", path: "/transcribe" },
    payload: { audio_b64: base64.encode(speechLikeWav(dice)) },
  }),
};

/** A prompt without the quotation marks around it that data sets have. */
export function unquoted(prompt: string): string {
  const [, inner = prompt] = /^"([\s\S]*)"$/.exec(prompt.trim()) ?? [];
  return inner.replaceAll('\\"', '"');
}
