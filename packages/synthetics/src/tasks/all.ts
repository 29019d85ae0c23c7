import { chat, completion } from "./language.ts";
import { image, transcribe, tts } from "./media.ts";
import type { SyntheticTask, SyntheticType } from "./task.ts";
import { embed, moderation, rerank } from "./text.ts";

/** Every kind of request there is. */
export const TASKS: Readonly<Record<SyntheticType, SyntheticTask>> = {
  chat,
  completion,
  image,
  tts,
  transcribe,
  embed,
  moderation,
  rerank,
};
